/*
 * log: one line a request, and what the server has to say.
 *
 * Each line goes out in one write(2) of at most PIPE_BUF bytes, so lines of
 * several threads, or of several processes on one pipe, never mix; no lock is
 * needed. Longer values are cut and end in "...". Control characters, line
 * breaks and bytes that are not UTF-8 are escaped: a hostile path cannot forge
 * a line, nor talk to a terminal. Values of query parameters that look like
 * secrets (api_key, token, ...) become "***"; headers and bodies never appear.
 *
 * A line that cannot be written (a full disk, a pipe that nobody reads) is
 * dropped; the server goes on, and says how many were before the next one that
 * can. For a pipe that somebody keeps open and does not
 * read, that needs a descriptor that does not block (log_own_descriptor): a line
 * waits a second for the reader, and those behind it no more until there is room
 * again. The program must ignore SIGPIPE.
 *
 * Times are real, not those of a pretended clock. Any thread may use a `struct
 * log`. It does not own its descriptor.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#include <stdatomic.h>

enum log_format {
    LOG_FORMAT_TEXT, /* for people */
    LOG_FORMAT_JSON, /* one object a line */
    LOG_FORMAT_OFF,  /* nothing at all */
};

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_INFO, /* requests are of this level */
    LOG_LEVEL_DEBUG,
};

struct log {
    enum log_format format;
    enum log_level level; /* less important lines are left out */
    int fd;
    atomic_bool stuck;     /* a line waited in vain for its reader */
    atomic_size_t dropped; /* lines since it last said how many */
};

/*
 * For a pipe: the same one under another descriptor, which does not block and is
 * the caller's to close. (The flag on `fd` itself would be everybody's who holds
 * the pipe.) `fd` where that cannot be had or is not needed.
 */
int log_own_descriptor(int fd);

void log_init(struct log *log, enum log_format format, enum log_level level, int fd);

/* What a line tells of a request. Empty slices and zeros are left out of text lines. */
struct log_request {
    struct str method;
    struct str path;
    struct str query;
    struct str operation; /* empty: none matched */
    struct str world;
    struct str fault; /* name of the rule that struck */
    uint64_t id;      /* in the journal; 0: none */
    int status;       /* 0: no response */
    uint64_t bytes;   /* of the response */
    uint64_t duration_ns;
    size_t violations;
    bool incomplete; /* the response did not go out whole */
};

/*
 * Text: 2026-11-22T10:11:35.123Z PUT /v5/items?a=1 200 512B 0.41ms violations=2 fault="flaky"
 * JSON: {"time":"2026-11-22T10:11:35.123Z","level":"info","event":"request","method":"PUT",...}
 */
void log_request(const struct log *log, const struct log_request *request);

/* Why a request was refused, or a part of that. Empty slices are left out of text lines. */
struct log_reason {
    uint64_t id;        /* of the request, in the journal */
    struct str path;    /* "/body/a": what is wrong */
    struct str keyword; /* "type": the rule that it breaks */
    struct str message;
    struct str place; /* "api.yaml:12:9": where the rule is written */
};

/*
 * Of LOG_LEVEL_DEBUG, as values of the request appear in it.
 * Text: 2026-11-22T10:11:35.123Z debug: #7 /body/a: type: expected string (api.yaml:12:9)
 * JSON: {"time":"...","level":"debug","event":"reason","id":7,"path":"/body/a",...}
 */
void log_reason(const struct log *log, const struct log_reason *reason);

/*
 * Text: 2026-11-22T10:11:35.123Z warning: the message
 * JSON: {"time":"...","level":"warning","event":"message","message":"the message"}
 */
void log_message(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True if a line of that level would be written. */
bool log_wants(const struct log *log, enum log_level level);

/* LOG_FORMAT_TEXT for "text", and so on; false for another word. */
bool log_format_from(struct str word, enum log_format *format);

#endif
