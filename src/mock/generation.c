#include "mock/generation.h"

#include "mock/message.h"

#include <stdlib.h>
#include <string.h>

const char *generation_lengths(int64_t size, int64_t min, int64_t max, struct example_lengths *out)
{
    if (size < 0 && min < 0 && max < 0)
        return NULL;
    if (min < 0)
        min = size >= 0 ? size : max < 1 ? max : 1;
    if (max < 0)
        max = size >= 0 ? size : min > 1 ? min : 1;
    if (min > max)
        return "the least size of arrays is above the largest";
    *out = (struct example_lengths){.given = true, .min = (unsigned)min, .max = (unsigned)max};
    return NULL;
}

/* False where the text is no whole number of these. */
static bool read_whole(struct str text, int64_t least, int64_t most, int64_t *out)
{
    char digits[24];
    text = str_trim(text);
    if (text.len == 0 || text.len >= sizeof digits)
        return false;
    memcpy(digits, text.data, text.len);
    digits[text.len] = '\0';
    size_t sign = digits[0] == '-' ? 1 : 0;
    if (digits[sign] == '\0' || strspn(digits + sign, "0123456789") != text.len - sign)
        return false;
    char *end;
    long long number = strtoll(digits, &end, 10);
    *out = number;
    return number >= least && number <= most;
}

/* What the headers say, before it is put together; -1: nothing. */
struct said {
    int64_t size;
    int64_t min;
    int64_t max;
    int64_t count;
    int64_t interval;
};

static const struct {
    const char *header;
    size_t field;
    int64_t least;
    int64_t most;
    const char *problem;
} numbers[] = {
    {"x-steady-array-size", offsetof(struct said, size), 0, GENERATION_ARRAY_MAX,
     "X-Steady-Array-Size must be a whole number from 0 to 1000"},
    {"x-steady-array-min", offsetof(struct said, min), 0, GENERATION_ARRAY_MAX,
     "X-Steady-Array-Min must be a whole number from 0 to 1000"},
    {"x-steady-array-max", offsetof(struct said, max), 0, GENERATION_ARRAY_MAX,
     "X-Steady-Array-Max must be a whole number from 0 to 1000"},
    {"x-steady-stream-count", offsetof(struct said, count), 1, GENERATION_STREAM_MAX,
     "X-Steady-Stream-Count must be a whole number from 1 to 1000"},
    {"x-steady-stream-interval-ms", offsetof(struct said, interval), 0, GENERATION_INTERVAL_MAX_MS,
     "X-Steady-Stream-Interval-Ms must be a whole number from 0 to 10000"},
};

static const char *read_numbers(const struct request *request, struct said *said)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct str value = request_header(request, numbers[i].header);
        int64_t *field = (int64_t *)(void *)((char *)said + numbers[i].field);
        if (value.data != NULL && !read_whole(value, numbers[i].least, numbers[i].most, field))
            return numbers[i].problem;
    }
    return NULL;
}

/* -1 means, as on Steady's command line: another one each time. */
static const char *read_seed(const struct request *request, struct generation *out)
{
    struct str value = request_header(request, "x-steady-seed");
    int64_t seed;
    if (value.data == NULL)
        return NULL;
    if (!read_whole(value, -1, INT64_MAX, &seed))
        return "X-Steady-Seed must be a whole number, or -1 for a random one";
    out->seed_kind = seed == -1 ? SEED_RANDOM : SEED_GIVEN;
    out->seed = (uint64_t)seed;
    return NULL;
}

const char *generation_from_headers(const struct request *request, struct generation *out)
{
    struct said said = {-1, -1, -1, -1, -1};
    const char *problem = read_numbers(request, &said);
    if (problem == NULL)
        problem = generation_lengths(said.size, said.min, said.max, &out->arrays);
    if (problem == NULL)
        problem = read_seed(request, out);
    if (problem != NULL)
        return problem;
    if (said.count >= 0)
        out->stream_count = (unsigned)said.count;
    if (said.interval >= 0)
        out->stream_interval_ms = (unsigned)said.interval;
    return NULL;
}
