#include "schema/pattern.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "schema/regex_translate.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    NEST_LIMIT = 50,             /* groups in groups: 56 KB of stack to compile, 630 bytes each */
    HEAP_LIMIT_KB = 20 * 1024,   /* of PCRE2's interpreter, where there is no JIT */
    JIT_STACK = 4 * 1024 * 1024, /* bytes, for a match that outgrows the machine's stack */
    SCRATCH_BYTES = 512,
};

struct pattern {
    pcre2_code *code;
    struct str text; /* owned */
    bool ticks;      /* a match may take more than linear time */
};

/* ---- compiling ---- */

/* ECMA-262's meaning for what the translation leaves to PCRE2. */
static const uint32_t COMPILE_OPTIONS = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
                                        PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS |
                                        PCRE2_NEVER_BACKSLASH_C;

static void *heap_alloc(size_t size, void *data)
{
    (void)data;
    return mem_alloc(size);
}

static void heap_free(void *block, void *data)
{
    (void)data;
    free(block);
}

/* PCRE2's complaint about a translation; its text goes to message[size]. */
static struct regex_fault describe_error(int error, char *message, size_t size)
{
    if (error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH)
        return (struct regex_fault){0, "a lookbehind whose length varies is not supported",
                                    "give each alternative in (?<=...) or (?<!...) a fixed length"};
    pcre2_get_error_message(error, (PCRE2_UCHAR *)message, size);
    return (struct regex_fault){0, message, NULL};
}

/* Returns NULL and sets *error where PCRE2 cannot take the translation. */
static pcre2_code *compile_translation(struct buf *translation, int *error)
{
    pcre2_general_context *heap = pcre2_general_context_create(heap_alloc, heap_free, NULL);
    pcre2_compile_context *context = pcre2_compile_context_create(heap);
    pcre2_set_parens_nest_limit(context, NEST_LIMIT);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    PCRE2_SIZE offset; /* in the translation: of no use to anybody */
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)buf_text(translation), translation->len,
                                     COMPILE_OPTIONS, error, &offset, context);
    pcre2_compile_context_free(context);
    pcre2_general_context_free(heap);
    if (code != NULL)
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where there is no JIT, it interprets */
    return code;
}

/* Strict first. Sets *strict if ECMA-262 does not allow the expression. */
static bool translate(struct str expression, struct buf *out, struct regex_fault *strict,
                      struct regex_fault *fault)
{
    if (regex_translate(expression, REGEX_STRICT, out, strict)) {
        strict->reason = NULL;
        return true;
    }
    out->len = 0;
    return regex_translate(expression, REGEX_LENIENT, out, fault);
}

static struct pattern *new_pattern(pcre2_code *code, struct str text, const struct buf *translation)
{
    struct pattern *pattern = mem_alloc(sizeof *pattern);
    pattern->code = code;
    pattern->text = str_make(mem_copy_string(text.data, text.len), text.len);
    pattern->ticks = str_contains(buf_str(translation), str_from("(?C1)"));
    return pattern;
}

/* Writes `at "..."` with what stands at the fault, or `at byte N`. */
static void quote_place(struct str expression, size_t offset, char *out, size_t size)
{
    enum { EXCERPT = 24 };
    struct str rest = str_after(expression, offset < expression.len ? offset : expression.len);
    size_t len = 0;
    size_t next = 1;
    while (len < rest.len && len < EXCERPT && next > 0) {
        next = utf8_length(rest.data + len, rest.len - len);
        len += next;
    }
    if (len == 0)
        snprintf(out, size, "at byte %zu", offset);
    else
        snprintf(out, size, "at \"%.*s%s\"", (int)len, rest.data, len < rest.len ? "..." : "");
}

static void report_broken(struct str expression, const struct regex_fault *fault,
                          struct place place, struct diags *diags)
{
    char where[64];
    quote_place(expression, fault->offset, where, sizeof where);
    diag_error(diags, place, fault->remedy, "the pattern is broken %s: %s", where, fault->reason);
}

static void report_lenient(struct str expression, const struct regex_fault *fault,
                           struct place place, struct diags *diags)
{
    char where[64];
    quote_place(expression, fault->offset, where, sizeof where);
    diag_warning(diags, place, fault->remedy,
                 "the pattern is taken leniently, but not ECMA-262 %s: %s", where, fault->reason);
}

static void report_error(int error, struct place place, struct diags *diags)
{
    char message[160];
    struct regex_fault fault = describe_error(error, message, sizeof message);
    diag_error(diags, place, fault.remedy, "the pattern cannot be compiled: %s", fault.reason);
}

struct pattern *pattern_compile(struct str expression, struct place place, struct diags *diags)
{
    struct pattern *pattern = NULL;
    struct buf translation;
    buf_init(&translation, NULL);
    struct regex_fault strict;
    struct regex_fault fault;
    int error;
    pcre2_code *code;
    if (!translate(expression, &translation, &strict, &fault))
        report_broken(expression, &fault, place, diags);
    else if ((code = compile_translation(&translation, &error)) == NULL)
        report_error(error, place, diags);
    else
        pattern = new_pattern(code, expression, &translation);
    if (pattern != NULL && strict.reason != NULL)
        report_lenient(expression, &strict, place, diags);
    buf_free(&translation);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    free((char *)(uintptr_t)pattern->text.data);
    free(pattern);
}

struct str pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}

bool pattern_is_valid(struct str expression)
{
    return regex_is_valid(expression);
}

/* ---- the budget ---- */

enum {
    BYTES_PER_STEP = 64, /* of reading the text at all */
    SHORT_TEXT = 256,    /* bytes: up to here a tick has a price, beyond the clock decides */
    SCAN_PER_STEP = 16,  /* bytes that may be scanned between two ticks, in a tick's price */
    NANOSECONDS_PER_STEP = 10,
    MAX_TICKS_PER_LOOK = 64, /* at the clock, which costs as much as some 20 ticks */
    MIN_TICKS_PER_LOOK = 8,
    SCAN_PER_LOOK = 16 * 1024 * 1024, /* bytes that may be scanned between two looks */
};

struct meter {
    uint32_t left;  /* steps */
    uint32_t price; /* of a tick */
    bool timed;
    uint32_t interval; /* ticks from one look at the clock to the next */
    uint32_t ticks;    /* until the next */
    uint32_t charged;  /* steps for ticks since the last look */
    struct timespec since;
};

static void meter_start(struct meter *meter, uint32_t steps, size_t text_len, bool ticks)
{
    *meter = (struct meter){.left = steps, .price = 1};
    meter->timed = ticks && text_len > SHORT_TEXT;
    if (!meter->timed) {
        meter->price += (uint32_t)(text_len / SCAN_PER_STEP);
        return;
    }
    size_t interval = SCAN_PER_LOOK / text_len;
    if (interval > MAX_TICKS_PER_LOOK)
        interval = MAX_TICKS_PER_LOOK;
    if (interval < MIN_TICKS_PER_LOOK)
        interval = MIN_TICKS_PER_LOOK;
    meter->interval = (uint32_t)interval;
    meter->ticks = meter->interval;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &meter->since);
}

static void meter_charge(struct meter *meter, uint64_t steps)
{
    meter->left = steps < meter->left ? meter->left - (uint32_t)steps : 0;
}

/* Charges this thread's time since the last look, less what the ticks have cost already. */
static void meter_look(struct meter *meter)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    int64_t elapsed = (int64_t)(now.tv_sec - meter->since.tv_sec) * 1000000000 +
                      (now.tv_nsec - meter->since.tv_nsec);
    uint64_t steps = elapsed > 0 ? (uint64_t)elapsed / NANOSECONDS_PER_STEP : 0;
    if (steps > meter->charged)
        meter_charge(meter, steps - meter->charged);
    meter->charged = 0;
    meter->ticks = meter->interval;
    meter->since = now;
}

/* PCRE2 calls it at each tick. */
static int on_tick(pcre2_callout_block *block, void *data)
{
    (void)block;
    struct meter *meter = data;
    meter_charge(meter, meter->price);
    meter->charged += meter->price;
    if (meter->timed && --meter->ticks == 0)
        meter_look(meter);
    return meter->left > 0 ? 0 : PCRE2_ERROR_MATCHLIMIT;
}

/* ---- matching ---- */

/*
 * PCRE2 wants three small objects for each match. They live here, on the
 * stack; only its interpreter's frames may need the heap.
 */
struct scratch {
    _Alignas(max_align_t) unsigned char bytes[SCRATCH_BYTES];
    size_t used;
};

static void *scratch_alloc(size_t size, void *data)
{
    struct scratch *scratch = data;
    size_t rounded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (rounded > SCRATCH_BYTES - scratch->used)
        return mem_alloc(size);
    void *block = scratch->bytes + scratch->used;
    scratch->used += rounded;
    return block;
}

static void scratch_free(void *block, void *data)
{
    struct scratch *scratch = data;
    unsigned char *at = block;
    if (at < scratch->bytes || at >= scratch->bytes + SCRATCH_BYTES)
        free(block);
}

static bool is_ascii(struct str text)
{
    uint64_t high = 0;
    size_t at = 0;
    for (; at + sizeof high <= text.len; at += sizeof high) {
        uint64_t word;
        memcpy(&word, text.data + at, sizeof word);
        high |= word;
    }
    for (; at < text.len; at++)
        high |= (unsigned char)text.data[at];
    return (high & 0x8080808080808080) == 0;
}

/* Tries again with a stack from the heap. It is of a fixed size and lives for this match only. */
static int match_on_large_stack(const pcre2_code *code, struct str text, pcre2_match_data *data,
                                pcre2_match_context *context)
{
    pcre2_jit_stack *stack = pcre2_jit_stack_create(JIT_STACK, JIT_STACK, NULL);
    pcre2_jit_stack_assign(context, NULL, stack);
    int result =
        pcre2_match(code, (PCRE2_SPTR)text.data, text.len, 0, PCRE2_NO_UTF_CHECK, data, context);
    pcre2_jit_stack_free(stack);
    return result;
}

/* What pcre2_match says; ticks are charged to the meter. */
static int search(const pcre2_code *code, struct str text, uint32_t limit, struct meter *meter)
{
    struct scratch scratch;
    scratch.used = 0;
    pcre2_general_context *memory =
        pcre2_general_context_create(scratch_alloc, scratch_free, &scratch);
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_match_data *data = pcre2_match_data_create(1, memory);
    pcre2_set_match_limit(context, limit);
    pcre2_set_heap_limit(context, HEAP_LIMIT_KB);
    pcre2_set_callout(context, on_tick, meter);
    int result =
        pcre2_match(code, (PCRE2_SPTR)text.data, text.len, 0, PCRE2_NO_UTF_CHECK, data, context);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = match_on_large_stack(code, text, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_general_context_free(memory);
    return result;
}

/* What one match may take, whatever the budget. */
static uint32_t step_limit(size_t text_len)
{
    size_t more = text_len * PATTERN_STEPS_PER_BYTE;
    return more < UINT32_MAX - PATTERN_STEPS ? PATTERN_STEPS + (uint32_t)more : UINT32_MAX;
}

static int search_metered(const struct pattern *pattern, struct str text, uint32_t *budget)
{
    size_t reading = 1 + text.len / BYTES_PER_STEP;
    if (reading > *budget)
        return PCRE2_ERROR_MATCHLIMIT;
    *budget -= (uint32_t)reading;
    uint32_t limit = step_limit(text.len);
    uint32_t steps = *budget < limit ? *budget : limit;
    struct meter meter;
    meter_start(&meter, steps, text.len, pattern->ticks);
    int result = search(pattern->code, text, limit, &meter);
    if (meter.timed)
        meter_look(&meter);
    *budget -= steps - meter.left;
    return result;
}

enum pattern_outcome pattern_match(const struct pattern *pattern, struct str text, uint32_t *budget)
{
    if (!is_ascii(text) && utf8_find_fault(text) != text.len)
        return PATTERN_DIFFERS;
    struct str subject = text.len > 0 ? text : str_make("", 0);
    int result = search_metered(pattern, subject, budget);
    if (result >= 0)
        return PATTERN_MATCHES;
    if (result == PCRE2_ERROR_NOMATCH)
        return PATTERN_DIFFERS;
    *budget = 0; /* a limit; no other error can occur, and it would be undecided too */
    return PATTERN_OUT_OF_BUDGET;
}
