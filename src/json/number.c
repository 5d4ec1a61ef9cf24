#include "json/number.h"

#include "json/names.h"
#include "json/worklist.h"

#include <math.h>

/* --- numbers as decimals ------------------------------------------------------ */

/*
 * A finite number as 0.DIGITS times 10 to the power of `point`, where DIGITS
 * neither begin nor end with 0, so that equal numbers have equal decimals. The
 * digits stay in the lexeme, where a decimal point may stand among them.
 */
struct decimal {
    const char *digits;
    size_t count; /* 0: the number is zero */
    int64_t point;
    bool negative;
};

/* Exponents beyond this count as this; they are far beyond what a text can hold in digits. */
static const int64_t EXPONENT_MAX = 1000000000000000000;

static int64_t exponent_value(const char *at)
{
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    int64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (value >= EXPONENT_MAX / 10)
            return negative ? -EXPONENT_MAX : EXPONENT_MAX;
        value = value * 10 + (*at - '0');
    }
    return negative ? -value : value;
}

static struct decimal decimal_of(const struct json_node *number)
{
    const char *at = number->c.valuestring;
    struct decimal result = {.negative = *at == '-'};
    at += result.negative;
    size_t seen = 0; /* digits from the first that is not 0 */
    int fraction = 0;
    for (; *at == '.' || (*at >= '0' && *at <= '9'); at++) {
        if (*at == '.') {
            fraction = 1;
        } else if (*at == '0' && seen == 0) {
            result.point -= fraction;
        } else {
            if (seen++ == 0)
                result.digits = at;
            result.point += 1 - fraction;
            if (*at != '0')
                result.count = seen;
        }
    }
    if (*at != '\0')
        result.point += exponent_value(at + 1);
    return result.count > 0 ? result : (struct decimal){0};
}

/* The digit at the cursor, which then is at the next one. */
static int take_digit(const char **cursor)
{
    if (**cursor == '.')
        ++*cursor;
    return *(*cursor)++ - '0';
}

static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    const char *at_a = a->digits;
    const char *at_b = b->digits;
    size_t shared = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < shared; i++) {
        int difference = take_digit(&at_a) - take_digit(&at_b);
        if (difference != 0)
            return difference;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int sign_of(const struct decimal *number)
{
    return number->count == 0 ? 0 : number->negative ? -1 : 1;
}

static int compare_decimals(const struct decimal *a, const struct decimal *b)
{
    int sign = sign_of(a);
    if (sign != sign_of(b))
        return sign < sign_of(b) ? -1 : 1;
    if (sign == 0)
        return 0;
    return sign * compare_magnitude(a, b);
}

static bool is_finite(const struct json_node *number)
{
    return (number->flags & JSON_NOT_FINITE) == 0;
}

/* An infinity lies beyond 1e400 too, whose double is infinite. */
static int compare_not_finite(const struct json_node *a, const struct json_node *b)
{
    double x = is_finite(a) ? 0 : a->c.valuedouble;
    double y = is_finite(b) ? 0 : b->c.valuedouble;
    if (isnan(x) || isnan(y))
        return 1;
    return (x > y) - (x < y);
}

int json_number_compare(const struct json_node *a, const struct json_node *b)
{
    if (!is_finite(a) || !is_finite(b))
        return compare_not_finite(a, b);
    /* Rounding keeps the order, so doubles that differ have told it. */
    if (a->c.valuedouble != b->c.valuedouble)
        return a->c.valuedouble < b->c.valuedouble ? -1 : 1;
    struct decimal x = decimal_of(a);
    struct decimal y = decimal_of(b);
    return compare_decimals(&x, &y);
}

static bool decimal_is_integer(const struct decimal *number)
{
    return number->point >= 0 && (uint64_t)number->point >= number->count;
}

bool json_number_is_integer(const struct json_node *number)
{
    if (number->flags & JSON_PLAIN_INTEGER)
        return true;
    struct decimal decimal = decimal_of(number);
    return is_finite(number) && decimal_is_integer(&decimal);
}

bool json_number_to_int(const struct json_node *number, int64_t *out)
{
    if (!is_finite(number))
        return false;
    struct decimal decimal = decimal_of(number);
    if (!decimal_is_integer(&decimal) || decimal.point > 19)
        return false;
    const uint64_t limit = (uint64_t)INT64_MAX + decimal.negative;
    uint64_t value = 0;
    const char *at = decimal.digits;
    for (size_t i = 0; i < (size_t)decimal.point; i++) {
        uint64_t digit = i < decimal.count ? (uint64_t)take_digit(&at) : 0;
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = decimal.negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

/* --- multiples ---------------------------------------------------------------- */

/*
 * Both numbers are whole digits times a power of ten, so the question is whether
 * N * 10^e is a multiple of D, where N and D do not end in 0. For a negative e
 * it is not: 10 would have to divide N. For a positive one the zeros only help
 * with the factors 2 and 5 of D, and D has no more than four times its digits of
 * them, so more zeros change nothing: exponents cost nothing, however large.
 */
enum {
    ZEROS_PER_DIGIT = 4,
    NARROW_DIGITS = 18, /* ten times a remainder of so many digits fits into uint64_t */
    WIDE_DIGITS = 4096,
    WIDE_LIMBS = WIDE_DIGITS / NARROW_DIGITS + 2,
};

static const uint64_t LIMB = 1000000000000000000; /* 10^NARROW_DIGITS */

/* The digits of a number, then zeros. */
struct digits {
    const char *at;
    size_t count;
    size_t zeros;
};

static uint64_t next_of(struct digits *digits)
{
    if (digits->count > 0) {
        digits->count--;
        return (uint64_t)take_digit(&digits->at);
    }
    digits->zeros--;
    return 0;
}

static bool divides_narrow(struct digits dividend, const struct decimal *divisor)
{
    uint64_t modulus = 0;
    const char *at = divisor->digits;
    for (size_t i = 0; i < divisor->count; i++)
        modulus = modulus * 10 + (uint64_t)take_digit(&at);
    uint64_t remainder = 0;
    while (dividend.count + dividend.zeros > 0)
        remainder = (remainder * 10 + next_of(&dividend)) % modulus;
    return remainder == 0;
}

/* A natural number; the lowest limb first, `count` the same for all that meet. */
struct wide {
    uint64_t limbs[WIDE_LIMBS];
    size_t count;
};

static void wide_push_digit(struct wide *number, uint64_t digit)
{
    uint64_t carry = digit;
    for (size_t i = 0; i < number->count; i++) {
        uint64_t value = number->limbs[i] * 10 + carry;
        number->limbs[i] = value % LIMB;
        carry = value / LIMB;
    }
}

static bool wide_at_least(const struct wide *a, const struct wide *b)
{
    for (size_t i = a->count; i-- > 0;)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] > b->limbs[i];
    return true;
}

static void wide_subtract(struct wide *a, const struct wide *b)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        uint64_t take = b->limbs[i] + borrow;
        borrow = a->limbs[i] < take;
        a->limbs[i] += (borrow ? LIMB : 0) - take;
    }
}

static bool wide_is_zero(const struct wide *number)
{
    for (size_t i = 0; i < number->count; i++)
        if (number->limbs[i] != 0)
            return false;
    return true;
}

/* Long division, one digit at a time. Divisors of 19 digits and more are rare. */
static bool divides_wide(struct digits dividend, const struct decimal *divisor)
{
    struct wide modulus = {.count =
                               divisor->count / NARROW_DIGITS + 2}; /* room for one more digit */
    struct wide remainder = {.count = modulus.count};
    const char *at = divisor->digits;
    for (size_t i = 0; i < divisor->count; i++)
        wide_push_digit(&modulus, (uint64_t)take_digit(&at));
    while (dividend.count + dividend.zeros > 0) {
        wide_push_digit(&remainder, next_of(&dividend));
        while (wide_at_least(&remainder, &modulus))
            wide_subtract(&remainder, &modulus);
    }
    return wide_is_zero(&remainder);
}

bool json_number_is_multiple(const struct json_node *number, const struct json_node *divisor)
{
    if (!is_finite(number) || !is_finite(divisor))
        return false;
    struct decimal n = decimal_of(number);
    struct decimal d = decimal_of(divisor);
    if (n.count == 0 || d.count == 0)
        return d.count > 0;
    int64_t zeros = (n.point - (int64_t)n.count) - (d.point - (int64_t)d.count);
    if (zeros < 0)
        return false;
    size_t most = d.count * ZEROS_PER_DIGIT;
    struct digits dividend = {n.digits, n.count, (uint64_t)zeros < most ? (size_t)zeros : most};
    if (d.count <= NARROW_DIGITS)
        return divides_narrow(dividend, &d);
    if (d.count > WIDE_DIGITS || n.count > WIDE_DIGITS)
        return false;
    return divides_wide(dividend, &d);
}

/* --- equality ----------------------------------------------------------------- */

enum { SMALL_OBJECT = 16 }; /* members that are looked up one by one */

static bool scalars_equal(const struct json_node *a, const struct json_node *b)
{
    if (a->type == JSON_NUMBER)
        return json_number_compare(a, b) == 0;
    return a->type != JSON_STRING || str_equal(json_text(a), json_text(b));
}

/* Compares a pair as far as that needs no descent; the rest goes to the list. */
static bool pair_equal(struct worklist *list, const struct json_node *a, const struct json_node *b)
{
    if (a->type != b->type)
        return false;
    if (a->type < JSON_ARRAY)
        return scalars_equal(a, b);
    if (a->size != b->size)
        return false;
    if (a->size > 0)
        worklist_push(list, (struct work){.node = a, .other = b});
    return true;
}

static bool elements_equal(struct worklist *list, const struct json_node *a,
                           const struct json_node *b)
{
    const struct json_node *y = json_first(b);
    for (const struct json_node *x = json_first(a); x != NULL; x = json_next(x)) {
        if (!pair_equal(list, x, y))
            return false;
        y = json_next(y);
    }
    return true;
}

static bool members_equal_small(struct worklist *list, const struct json_node *a,
                                const struct json_node *b)
{
    for (const struct json_node *x = json_first(a); x != NULL; x = json_next(x)) {
        const struct json_node *y = json_member_str(b, json_name(x));
        if (y == NULL || !pair_equal(list, x, y))
            return false;
    }
    return true;
}

static bool members_equal_large(struct worklist *list, const struct json_node *a,
                                const struct json_node *b)
{
    size_t count = a->size;
    struct json_node **sorted_a = mem_alloc(2 * count * sizeof(struct json_node *));
    struct json_node **sorted_b = sorted_a + count;
    names_sort(a, sorted_a);
    names_sort(b, sorted_b);
    bool equal = true;
    for (size_t i = 0; equal && i < count; i++)
        equal = names_equal(sorted_a[i], sorted_b[i]) && pair_equal(list, sorted_a[i], sorted_b[i]);
    free(sorted_a);
    return equal;
}

static bool same_order(const struct json_node *a, const struct json_node *b)
{
    const struct json_node *y = json_first(b);
    for (const struct json_node *x = json_first(a); x != NULL; x = json_next(x)) {
        if (!names_equal(x, y))
            return false;
        y = json_next(y);
    }
    return true;
}

static bool children_equal(struct worklist *list, const struct json_node *a,
                           const struct json_node *b)
{
    if (a->type == JSON_ARRAY || same_order(a, b))
        return elements_equal(list, a, b);
    if (a->size <= SMALL_OBJECT)
        return members_equal_small(list, a, b);
    return members_equal_large(list, a, b);
}

bool json_equal(const struct json_node *a, const struct json_node *b)
{
    struct worklist list;
    worklist_init(&list);
    bool equal = pair_equal(&list, a, b);
    while (equal && list.count > 0) {
        struct work pair = worklist_pop(&list);
        equal = children_equal(&list, pair.node, pair.other);
    }
    worklist_free(&list);
    return equal;
}

/* --- hashing ------------------------------------------------------------------ */

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash ^= value + 0x9e3779b9u + (hash << 6) + (hash >> 2);
    hash *= 0x85ebca6bu;
    return hash ^ hash >> 15;
}

static uint32_t hash_number(const struct json_node *number)
{
    if (!is_finite(number))
        return mix(1, isnan(number->c.valuedouble) ? 2 : number->c.valuedouble > 0);
    struct decimal decimal = decimal_of(number);
    uint32_t hash = mix(decimal.negative, (uint32_t)decimal.point);
    const char *at = decimal.digits;
    for (size_t i = 0; i < decimal.count; i++)
        hash = (hash ^ (uint32_t)take_digit(&at)) * 16777619u;
    return hash;
}

/* A scalar whole; a container without its children. */
static uint32_t hash_flat(const struct json_node *node)
{
    if (node->type == JSON_NUMBER)
        return mix(node->type, hash_number(node));
    if (node->type == JSON_STRING)
        return mix(node->type, str_hash(json_text(node)));
    return mix(node->type, node->size);
}

/*
 * Each value adds its own hash mixed with that of the path that leads to it. A
 * sum does not depend on the order of members, and an element's index is part
 * of its path.
 */
uint32_t json_value_hash(const struct json_node *node)
{
    struct worklist list;
    worklist_init(&list);
    worklist_push(&list, (struct work){.node = node, .hash = 1});
    uint32_t sum = 0;
    while (list.count > 0) {
        struct work work = worklist_pop(&list);
        sum += mix(work.hash, hash_flat(work.node));
        if (work.node->type < JSON_ARRAY)
            continue;
        bool in_object = work.node->type == JSON_OBJECT;
        uint32_t index = 0;
        for (const struct json_node *child = json_first(work.node); child != NULL;
             child = json_next(child)) {
            uint32_t path = mix(work.hash, in_object ? child->name_hash : index++);
            if (child->type < JSON_ARRAY)
                sum += mix(path, hash_flat(child));
            else
                worklist_push(&list, (struct work){.node = child, .hash = path});
        }
    }
    worklist_free(&list);
    return sum;
}
