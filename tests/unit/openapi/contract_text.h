/*
 * contract_text: contracts from C strings, for the tests of this layer.
 *
 * A document is written to a file of its own, since contracts are loaded from
 * files; the file is gone when the call returns.
 */
#ifndef UNIT_OPENAPI_CONTRACT_TEXT_H
#define UNIT_OPENAPI_CONTRACT_TEXT_H

#include "support/unit.h"

#include "openapi/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Writes `text` to a new file and gives its path, which the caller frees. */
static inline char *file_with(const char *text)
{
    char path[] = "/tmp/understudy-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    size_t length = strlen(text);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    close(fd);
    return strdup(path);
}

static inline struct contract *load_text(const char *text, struct diags *diags)
{
    struct contract_options options = {.assert_formats = true};
    char *path = file_with(text);
    struct contract *contract = contract_load(path, &options, diags);
    unlink(path);
    free(path);
    return contract;
}

/* Prints what nobody expected, so that a failing test says why. */
static inline void show(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    diags_print(diags, &out);
    fprintf(stderr, "%s", buf_text(&out));
    buf_free(&out);
}

/* A document without any mistake. */
static inline struct contract *load_sound(const char *text)
{
    struct diags diags;
    diags_init(&diags);
    struct contract *contract = load_text(text, &diags);
    if (contract == NULL || diags.errors + diags.warnings > 0)
        show(&diags);
    assert_non_null(contract);
    assert_int_equal(diags.errors + diags.warnings, 0);
    diags_free(&diags);
    return contract;
}

static inline struct operation *operation_named(const struct contract *contract, const char *name)
{
    struct operation *operation = contract_find_operation(contract, str_from(name));
    assert_non_null(operation);
    return operation;
}

/* True if a diagnostic of that level has these words in its message. */
static inline bool diags_say(const struct diags *diags, enum diag_level level, const char *words)
{
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next)
        if (diag->level == level && strstr(diag->message, words) != NULL)
            return true;
    return false;
}

#define assert_says(diags, level, words)                                                           \
    do {                                                                                           \
        if (!diags_say((diags), (level), (words)))                                                 \
            show((diags));                                                                         \
        assert_true(diags_say((diags), (level), (words)));                                         \
    } while (0)

#define assert_str(slice, text)                                                                    \
    do {                                                                                           \
        struct str assert_str_slice = (slice);                                                     \
        assert_int_equal(assert_str_slice.len, strlen(text));                                      \
        assert_memory_equal(assert_str_slice.data, (text), strlen(text));                          \
    } while (0)

#endif
