#include "schema/unicode.h"

#include "base/utf8.h"
#include "schema/unicode_tables.h"

#include <stdlib.h>

/* ---- properties ---- */

static uint32_t packed_properties(uint32_t code_point)
{
    size_t low = 0;
    size_t high = unicode_run_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (unicode_runs[middle].first <= code_point)
            low = middle;
        else
            high = middle;
    }
    return unicode_runs[low].properties;
}

static unsigned combining_class(uint32_t code_point)
{
    return packed_properties(code_point) >> UNICODE_CCC_SHIFT & 0xff;
}

struct unicode_properties unicode_properties(uint32_t code_point)
{
    uint32_t packed = packed_properties(code_point);
    return (struct unicode_properties){
        .permitted = (packed & UNICODE_PERMITTED) != 0,
        .mark = (packed & UNICODE_MARK) != 0,
        .may_compose = (packed & UNICODE_MAY_COMPOSE) != 0,
        .joining = packed >> UNICODE_JOINING_SHIFT & 7,
        .bidi = packed >> UNICODE_BIDI_SHIFT & 15,
        .script = packed >> UNICODE_SCRIPT_SHIFT & 7,
        .combining_class = packed >> UNICODE_CCC_SHIFT & 0xff,
    };
}

/* ---- UTF-8 ---- */

uint32_t unicode_next(struct str text, size_t *at)
{
    const unsigned char *bytes = (const unsigned char *)text.data + *at;
    size_t len = utf8_length(text.data + *at, text.len - *at);
    *at += len > 0 ? len : 1;
    switch (len) {
    case 1:
        return bytes[0];
    case 2:
        return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
    case 3:
        return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
    case 4:
        return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3fu) << 12 | (bytes[2] & 0x3fu) << 6 |
               (bytes[3] & 0x3fu);
    default:
        return UNICODE_INVALID;
    }
}

/* ---- normalization form C (UAX #15) ---- */

/*
 * Hangul needs no care here: conjoining jamo are not permitted in names, so a
 * syllable has nothing to compose with.
 */

/* No permitted code point has a longer full decomposition (checked by a unit test). */
enum { DECOMPOSED_MAX = 3 };

struct code_points {
    uint32_t items[UNICODE_NFC_MAX * DECOMPOSED_MAX];
    size_t count;
};

static int compare_composed(const void *key, const void *entry)
{
    uint32_t composed = *(const uint32_t *)key;
    const struct unicode_composition *composition = entry;
    return composed < composition->composed ? -1 : composed > composition->composed;
}

static const struct unicode_composition *find_decomposition(uint32_t code_point)
{
    return bsearch(&code_point, unicode_compositions, unicode_composition_count,
                   sizeof *unicode_compositions, compare_composed);
}

static void add_code_point(struct code_points *text, uint32_t code_point)
{
    if (text->count < sizeof text->items / sizeof *text->items)
        text->items[text->count++] = code_point;
}

/* Only the first part of a decomposition decomposes further. */
static void decompose(struct code_points *out, uint32_t code_point)
{
    uint32_t tail[DECOMPOSED_MAX];
    size_t tail_count = 0;
    const struct unicode_composition *found;
    while (tail_count < DECOMPOSED_MAX && (found = find_decomposition(code_point)) != NULL) {
        tail[tail_count++] = found->second;
        code_point = found->first;
    }
    add_code_point(out, code_point);
    while (tail_count > 0)
        add_code_point(out, tail[--tail_count]);
}

/* Sorts each run of marks by combining class, keeping the order of equals. */
static void order_marks(struct code_points *text)
{
    for (size_t i = 1; i < text->count; i++) {
        uint32_t mark = text->items[i];
        unsigned class = combining_class(mark);
        size_t at = i;
        while (class != 0 && at > 0 && combining_class(text->items[at - 1]) > class) {
            text->items[at] = text->items[at - 1];
            at--;
        }
        text->items[at] = mark;
    }
}

static int compare_parts(const void *key, const void *entry)
{
    const struct unicode_composition *wanted = key;
    const struct unicode_composition *there = &unicode_compositions[*(const uint16_t *)entry];
    if (wanted->first != there->first)
        return wanted->first < there->first ? -1 : 1;
    return wanted->second < there->second ? -1 : wanted->second > there->second;
}

/* The primary composite of the pair, or 0. */
static uint32_t compose_pair(uint32_t first, uint32_t second)
{
    struct unicode_composition wanted = {0, first, second};
    const uint16_t *found =
        bsearch(&wanted, unicode_compositions_by_parts, unicode_composition_count,
                sizeof *unicode_compositions_by_parts, compare_parts);
    return found != NULL ? unicode_compositions[*found].composed : 0;
}

/* The canonical composition algorithm (The Unicode Standard, 3.11, D117), in place. */
static void compose(struct code_points *text)
{
    size_t starter = SIZE_MAX;
    size_t kept = 0;
    unsigned last_class = 0;
    for (size_t i = 0; i < text->count; i++) {
        uint32_t code_point = text->items[i];
        unsigned class = combining_class(code_point);
        bool adjacent = starter != SIZE_MAX && kept == starter + 1;
        bool blocked = starter == SIZE_MAX || (!adjacent && last_class >= class);
        uint32_t composed = blocked ? 0 : compose_pair(text->items[starter], code_point);
        if (composed != 0) {
            text->items[starter] = composed;
            continue;
        }
        if (class == 0)
            starter = kept;
        last_class = class;
        text->items[kept++] = code_point;
    }
    text->count = kept;
}

static bool composes_to_itself(const uint32_t *text, size_t count)
{
    struct code_points normal = {.count = 0};
    for (size_t i = 0; i < count; i++)
        decompose(&normal, text[i]);
    order_marks(&normal);
    compose(&normal);
    return normal.count == count && memcmp(normal.items, text, count * sizeof *text) == 0;
}

bool unicode_is_nfc(const uint32_t *text, size_t count)
{
    unsigned last_class = 0;
    bool sure = true;
    for (size_t i = 0; i < count; i++) {
        struct unicode_properties is = unicode_properties(text[i]);
        if (is.combining_class != 0 && is.combining_class < last_class)
            return false;
        last_class = is.combining_class;
        sure = sure && !is.may_compose;
    }
    return sure || composes_to_itself(text, count);
}
