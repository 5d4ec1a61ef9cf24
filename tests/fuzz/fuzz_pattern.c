/*
 * Any text as a pattern and any other as what it is tried on: the first line
 * break parts them. What the grammar allows translates or is too large, what
 * compiles matches or not within the budget, and says the same twice.
 */
#include "base/utf8.h"
#include "schema/pattern.h"
#include "schema/regex_translate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 20000 };

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* The strict translation; false where there is none. A fault lies in the expression. */
static bool translates(struct str expression, enum regex_mode mode)
{
    struct buf out;
    buf_init(&out, NULL);
    struct regex_fault fault = {0};
    bool done = regex_translate(expression, mode, &out, &fault);
    if (!done)
        require(fault.reason != NULL && fault.offset <= expression.len);
    else
        require(utf8_find_fault(buf_str(&out)) == out.len);
    buf_free(&out);
    return done;
}

static enum pattern_outcome try(const struct pattern *pattern, struct str text)
{
    uint32_t budget = BUDGET;
    enum pattern_outcome outcome = pattern_match(pattern, text, &budget);
    require(budget < BUDGET || utf8_find_fault(text) < text.len);
    require(outcome != PATTERN_OUT_OF_BUDGET || budget == 0);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = str_make((const char *)data, size);
    size_t end = str_find_char(input, '\n');
    struct str expression = str_make(input.data, end);
    struct str text = end < input.len ? str_after(input, end + 1) : str_make("", 0);
    bool valid = pattern_is_valid(expression);
    require(valid || !translates(expression, REGEX_STRICT));
    require(!translates(expression, REGEX_STRICT) || translates(expression, REGEX_LENIENT));
    struct diags diags;
    diags_init(&diags);
    struct pattern *pattern = pattern_compile(expression, (struct place){NULL, 0}, &diags);
    require((pattern == NULL) == (diags.errors > 0));
    require(pattern == NULL || valid || diags.warnings == 1);
    if (pattern != NULL) {
        enum pattern_outcome outcome = try(pattern, text);
        /* Time decides about long texts, so only what is decided must be decided again. */
        enum pattern_outcome again = try(pattern, text);
        require(outcome == again || outcome == PATTERN_OUT_OF_BUDGET ||
                again == PATTERN_OUT_OF_BUDGET);
    }
    pattern_free(pattern);
    diags_free(&diags);
    return 0;
}
