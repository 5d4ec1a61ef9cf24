/* status: HTTP statuses in words (RFC 9110, section 15, and the IANA registry). */
#ifndef MOCK_STATUS_H
#define MOCK_STATUS_H

/* "Conflict"; for a status that has no name, the name of its class ("Client Error"). */
const char *status_title(int status);

#endif
