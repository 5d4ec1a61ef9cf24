#include "json/node.h"

#include "json/worklist.h"

#include <limits.h>
#include <math.h>

/* --- finding ------------------------------------------------------------------ */

struct json_node *json_member_str(const struct json_node *object, struct str name)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    uint32_t hash = str_hash(name);
    for (struct json_node *member = json_first(object); member != NULL; member = json_next(member))
        if (member->name_hash == hash && str_equal(json_name(member), name))
            return member;
    return NULL;
}

struct json_node *json_member(const struct json_node *object, const char *name)
{
    return json_member_str(object, str_from(name));
}

struct json_node *json_element(const struct json_node *array, size_t index)
{
    if (!json_is(array, JSON_ARRAY) || index >= array->size)
        return NULL;
    struct json_node *element = json_first(array);
    while (index-- > 0)
        element = json_next(element);
    return element;
}

struct str json_member_text(const struct json_node *object, const char *name, struct str fallback)
{
    const struct json_node *member = json_member(object, name);
    return json_is(member, JSON_STRING) ? json_text(member) : fallback;
}

bool json_is_true(const struct json_node *node)
{
    return json_is(node, JSON_TRUE);
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",     [JSON_FALSE] = "boolean", [JSON_TRUE] = "boolean",
        [JSON_NUMBER] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    return names[type];
}

/* --- numbers ------------------------------------------------------------------ */

enum {
    EXACT_DIGITS = 15,   /* every integer of so many digits is a double */
    EXACT_EXPONENT = 22, /* 10^22 is the largest power of ten that is a double */
};

/*
 * The value of a lexeme with at most EXACT_DIGITS digits and a small power of
 * ten, which takes one correctly rounded operation (Clinger 1990, "How to Read
 * Floating Point Numbers Accurately"). False where that does not apply.
 */
static bool value_of_short(const char *lexeme, double *value)
{
    static const double power[EXACT_EXPONENT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool negative = *lexeme == '-';
    const char *at = lexeme + negative;
    int64_t mantissa = 0;
    int digits = 0;
    int scale = 0;
    for (bool fraction = false;; at++) {
        if (*at == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (*at < '0' || *at > '9')
            break;
        mantissa = mantissa * 10 + (*at - '0');
        scale -= fraction;
        if (++digits > EXACT_DIGITS)
            return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        bool down = *at == '-';
        if (*at == '-' || *at == '+')
            at++;
        int exponent = 0;
        for (; *at >= '0' && *at <= '9'; at++)
            if ((exponent = exponent * 10 + (*at - '0')) > 1000)
                return false;
        scale += down ? -exponent : exponent;
    }
    if (*at != '\0' || scale > EXACT_EXPONENT || scale < -EXACT_EXPONENT)
        return false;
    double magnitude = (double)mantissa;
    magnitude = scale < 0 ? magnitude / power[-scale] : magnitude * power[scale];
    *value = negative ? -magnitude : magnitude;
    return true;
}

/* As cJSON does it, but defined for NaN too. */
static int saturated(double value)
{
    if (value >= INT_MAX)
        return INT_MAX;
    if (value <= INT_MIN)
        return INT_MIN;
    return isnan(value) ? 0 : (int)value;
}

static bool is_word(const char *lexeme)
{
    return lexeme[0] == 'N' || lexeme[0] == 'I' || (lexeme[0] == '-' && lexeme[1] == 'I');
}

static bool is_plain_integer(const char *lexeme)
{
    lexeme += *lexeme == '-';
    while (*lexeme >= '0' && *lexeme <= '9')
        lexeme++;
    return *lexeme == '\0';
}

static void finish_number(struct json_node *node)
{
    const char *lexeme = node->c.valuestring;
    if (is_word(lexeme))
        node->flags |= JSON_NOT_FINITE;
    else if (is_plain_integer(lexeme))
        node->flags |= JSON_PLAIN_INTEGER;
    if (!value_of_short(lexeme, &node->c.valuedouble))
        node->c.valuedouble = strtod(lexeme, NULL);
    node->c.valueint = saturated(node->c.valuedouble);
}

void json_node_finish_scalar(struct json_node *node)
{
    static const int cjson_type[] = {
        [JSON_NULL] = cJSON_NULL,     [JSON_FALSE] = cJSON_False,   [JSON_TRUE] = cJSON_True,
        [JSON_NUMBER] = cJSON_Number, [JSON_STRING] = cJSON_String, [JSON_ARRAY] = cJSON_Array,
        [JSON_OBJECT] = cJSON_Object,
    };
    node->c.type = cjson_type[node->type];
    if (node->type == JSON_NUMBER)
        finish_number(node);
    else
        node->c.valueint = node->type == JSON_TRUE; /* as cJSON_CreateTrue does */
}

/* --- making ------------------------------------------------------------------- */

struct json_node *json_new(struct arena *arena, enum json_type type)
{
    struct json_node *node = arena_alloc_zero(arena, sizeof *node);
    node->type = (uint8_t)type;
    if (type == JSON_NUMBER || type == JSON_STRING) {
        struct str text = arena_copy_str(arena, str_from(type == JSON_NUMBER ? "0" : ""));
        node->c.valuestring = (char *)(uintptr_t)text.data;
        node->size = (uint32_t)text.len;
    }
    json_node_finish_scalar(node);
    return node;
}

static struct json_node *new_with_text(struct arena *arena, enum json_type type, struct str text)
{
    struct json_node *node = arena_alloc_zero(arena, sizeof *node);
    node->type = (uint8_t)type;
    node->c.valuestring = arena_copy(arena, text);
    node->size = (uint32_t)text.len;
    json_node_finish_scalar(node);
    return node;
}

struct json_node *json_new_string(struct arena *arena, struct str text)
{
    return new_with_text(arena, JSON_STRING, text);
}

struct json_node *json_new_number(struct arena *arena, struct str lexeme)
{
    return new_with_text(arena, JSON_NUMBER, lexeme);
}

struct json_node *json_new_bool(struct arena *arena, bool value)
{
    return json_new(arena, value ? JSON_TRUE : JSON_FALSE);
}

/* --- changing ----------------------------------------------------------------- */

/* Puts a child at the end without counting it. */
static void link_last(struct json_node *container, struct json_node *child)
{
    cJSON *first = container->c.child;
    child->c.next = NULL;
    if (first == NULL) {
        container->c.child = &child->c;
        child->c.prev = &child->c;
        return;
    }
    child->c.prev = first->prev;
    first->prev->next = &child->c;
    first->prev = &child->c;
}

static void forget_text(struct json_node *container)
{
    container->flags &= (uint8_t)~JSON_COMPACT;
}

void json_replace(struct json_node *container, struct json_node *old, struct json_node *value)
{
    forget_text(container);
    bool first = container->c.child == &old->c;
    bool last = old->c.next == NULL;
    value->c.next = old->c.next;
    value->c.prev = first && last ? &value->c : old->c.prev;
    if (first)
        container->c.child = &value->c;
    else
        old->c.prev->next = &value->c;
    if (last)
        container->c.child->prev = &value->c;
    else
        old->c.next->prev = &value->c;
    old->c.next = NULL;
    old->c.prev = NULL;
}

void json_append(struct json_node *container, struct json_node *child)
{
    forget_text(container);
    if (container->type == JSON_ARRAY) {
        child->c.string = NULL;
        child->name_length = 0;
        child->name_hash = 0;
    }
    link_last(container, child);
    container->size++;
}

void json_set(struct arena *arena, struct json_node *object, struct str name,
              struct json_node *value)
{
    forget_text(object);
    struct json_node *old = json_member_str(object, name);
    if (old != NULL && old == value)
        return;
    value->c.string = arena_copy(arena, name);
    value->name_length = (uint32_t)name.len;
    value->name_hash = str_hash(name);
    if (old != NULL) {
        json_replace(object, old, value);
        return;
    }
    link_last(object, value);
    object->size++;
}

void json_remove(struct json_node *container, struct json_node *child)
{
    forget_text(container);
    cJSON *first = container->c.child;
    cJSON *next = child->c.next;
    cJSON *prev = child->c.prev;
    if (first == &child->c) {
        container->c.child = next;
        if (next != NULL)
            next->prev = prev;
    } else {
        prev->next = next;
        if (next != NULL)
            next->prev = prev;
        else
            first->prev = prev;
    }
    child->c.next = NULL;
    child->c.prev = NULL;
    container->size--;
}

/* --- copying ------------------------------------------------------------------ */

/* Without children and siblings. A copy is made to be changed, so it forgets its text. */
static struct json_node *copy_one(struct arena *arena, const struct json_node *node)
{
    struct json_node *copy = arena_alloc(arena, sizeof *copy);
    *copy = *node;
    copy->c.next = NULL;
    copy->c.prev = NULL;
    copy->c.child = NULL;
    if (node->c.valuestring != NULL)
        copy->c.valuestring = arena_copy(arena, json_text(node));
    if (node->c.string != NULL)
        copy->c.string = arena_copy(arena, json_name(node));
    if (node->type >= JSON_ARRAY)
        forget_text(copy);
    return copy;
}

struct json_node *json_copy(struct arena *arena, const struct json_node *node)
{
    struct json_node *root = copy_one(arena, node);
    struct worklist open;
    worklist_init(&open);
    worklist_push(&open, (struct work){.node = node, .other = root});
    while (open.count > 0) {
        struct work work = worklist_pop(&open);
        struct json_node *into = json_from_cjson(&work.other->c);
        for (const struct json_node *child = json_first(work.node); child != NULL;
             child = json_next(child)) {
            struct json_node *copy = copy_one(arena, child);
            link_last(into, copy);
            if (child->c.child != NULL)
                worklist_push(&open, (struct work){.node = child, .other = copy});
        }
    }
    worklist_free(&open);
    return root;
}
