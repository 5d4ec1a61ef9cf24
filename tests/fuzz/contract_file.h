/* contract_file: a contract from a text, for fuzz entries; files are what contracts load from. */
#ifndef FUZZ_CONTRACT_FILE_H
#define FUZZ_CONTRACT_FILE_H

#include "openapi/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void require(bool condition)
{
    if (!condition)
        abort();
}

/* NULL if the text is no contract. What was wrong with it has been printed once, to nowhere. */
static inline struct contract *contract_from(struct str text)
{
    char path[] = "/tmp/understudy-fuzz-XXXXXX";
    struct contract_options options = {.assert_formats = true};
    struct diags diags;
    struct buf printed;
    int fd = mkstemp(path);
    require(fd >= 0 && write(fd, text.data, text.len) == (ssize_t)text.len);
    close(fd);
    diags_init(&diags);
    struct contract *contract = contract_load(path, &options, &diags);
    unlink(path);
    buf_init(&printed, NULL);
    diags_print(&diags, &printed);
    require(contract != NULL || diags.errors > 0);
    buf_free(&printed);
    diags_free(&diags);
    return contract;
}

#endif
