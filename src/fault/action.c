/*
 * action: reading `do`, and refusing what cannot happen together.
 *
 * Each word has a function in the table below. When all are read, `checks`
 * holds the action against what the wire can show: a part that no client could
 * ever see is a mistake of the plan's author, not something to drop silently.
 * What only comes too late, behind the head where the connection ends, is a
 * warning: the rest of the rule means what it says.
 */
#include "fault/rule.h"

#include "fault/words.h"

#include <stdlib.h>

/* Headers that one rule may set; an answer has room for 32 with those of its own. */
enum { ACTION_MAX_HEADERS = 16 };

struct action_reader {
    struct fault_plan *plan;
    struct diags *diags;
    struct str rule_name;
    const struct json_node *node; /* the `do` */
    struct action *action;
    bool has_at;
};

static const char *const violation_names[] = {
    "missing-required", "wrong-type",     "unknown-enum",       "null", "wrong-const",
    "extra-member",     "malformed-json", "wrong-content-type", NULL,
};

const char *fault_violation_name(enum fault_violation violation)
{
    size_t bit = 0;
    while (bit + 1 < FAULT_VIOLATION_COUNT && (1u << bit) != (unsigned)violation)
        bit++;
    return violation_names[bit];
}

/* --- answer: status, headers, body ------------------------------------------------ */

static void read_status(struct action_reader *r, const struct json_node *node)
{
    uint64_t status = 0;
    if (words_uint(node, "status", 200, 599, r->diags, &status))
        r->action->status = (int)status;
}

static bool is_token(struct str name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return name.len > 0;
}

/* Blanks, tabs, and no other control characters (RFC 9110, 5.5). */
static bool is_field_value(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Headers that say how the message is framed: written by the server, from what it sends. */
static const char *header_is_ours(struct str name)
{
    static const char *const ours[][2] = {
        {"Content-Length", "to send less than the length says, write `truncate`"},
        {"Transfer-Encoding", "to send a body in pieces, write `drip`"},
        {"Connection", "to close the connection, write connection: close, at: end"},
        {"Date", "the server's clock sets it: --clock"},
    };
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (str_equal_ignoring_case(name, str_from(ours[i][0])))
            return ours[i][1];
    return NULL;
}

static bool header_name_is_fine(struct action_reader *r, const struct json_node *member)
{
    struct str name = json_name(member);
    const char *remedy = header_is_ours(name);
    if (!is_token(name))
        diag_error(r->diags, json_name_place(member), "a header's name has letters, digits and -",
                   "this is no header name");
    else if (remedy != NULL)
        diag_error(r->diags, json_name_place(member), remedy, "`%s` is the server's to write",
                   name.data);
    return is_token(name) && remedy == NULL;
}

static void add_header(struct action_reader *r, struct str name, const struct json_node *value)
{
    struct action *action = r->action;
    bool text = json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER);
    if (!text || !is_field_value(json_text(value))) {
        diag_error(r->diags, json_place(value), "write a text of one line, or a list of such",
                   "this is no value for the header `%s`", name.data);
        return;
    }
    if (action->header_count == ACTION_MAX_HEADERS) {
        diag_error(r->diags, json_place(value), NULL, "a rule can set %d headers at most",
                   ACTION_MAX_HEADERS);
        return;
    }
    struct arena *arena = &r->plan->arena;
    action->headers[action->header_count++] =
        (struct fault_pair){arena_copy_str(arena, name), arena_copy_str(arena, json_text(value))};
}

static bool header_is_repeated(struct action_reader *r, const struct json_node *node,
                               const struct json_node *member)
{
    for (const struct json_node *other = json_first(node); other != member;
         other = json_next(other)) {
        if (!str_equal_ignoring_case(json_name(other), json_name(member)))
            continue;
        diag_error(r->diags, json_name_place(member),
                   "to send it twice, give it a list: Set-Cookie: [a=1, b=2]",
                   "the header `%s` is written twice", member->c.string);
        return true;
    }
    return false;
}

static void read_headers(struct action_reader *r, const struct json_node *node)
{
    if (!json_is(node, JSON_OBJECT)) {
        diag_error(r->diags, json_place(node), "write headers: {Retry-After: \"1\"}",
                   "`headers` must be an object of names and values");
        return;
    }
    if (node->size > ACTION_MAX_HEADERS) {
        diag_error(r->diags, json_place(node), NULL, "a rule can set %d headers at most",
                   ACTION_MAX_HEADERS);
        return;
    }
    r->action->headers =
        arena_alloc_zero(&r->plan->arena, ACTION_MAX_HEADERS * sizeof *r->action->headers);
    for (const struct json_node *member = json_first(node); member != NULL;
         member = json_next(member)) {
        if (!header_name_is_fine(r, member) || header_is_repeated(r, node, member))
            continue;
        if (!json_is(member, JSON_ARRAY)) {
            add_header(r, json_name(member), member);
            continue;
        }
        for (const struct json_node *value = json_first(member); value != NULL;
             value = json_next(value))
            add_header(r, json_name(member), value);
    }
}

static void read_body(struct action_reader *r, const struct json_node *node)
{
    struct buf text;
    buf_init(&text, &r->plan->arena);
    if (json_is(node, JSON_STRING))
        buf_add_str(&text, json_text(node));
    else
        json_write(&text, node, JSON_EXACT);
    r->action->has_body = true;
    r->action->body = str_make(buf_text(&text), text.len);
    r->action->content_type =
        json_is(node, JSON_STRING) ? "text/plain; charset=utf-8" : "application/json";
}

/* --- time ------------------------------------------------------------------------- */

static void read_delay(struct action_reader *r, const struct json_node *node)
{
    delay_read(node, r->diags, &r->action->delay);
}

static void read_drip(struct action_reader *r, const struct json_node *node)
{
    struct action *action = r->action;
    if (!words_check(node, WORDS_DRIP, r->diags))
        return;
    const struct json_node *bytes = json_member(node, "bytes");
    const struct json_node *every = json_member(node, "every");
    const struct json_node *pieces = json_member(node, "pieces");
    const struct json_node *over = json_member(node, "over");
    if (bytes != NULL && every != NULL && pieces == NULL && over == NULL) {
        words_uint(bytes, "bytes", 1, INT64_MAX, r->diags, &action->drip_bytes);
        duration_read(every, "every", r->diags, &action->drip_every_us);
    } else if (pieces != NULL && over != NULL && bytes == NULL && every == NULL) {
        words_uint(pieces, "pieces", 1, INT64_MAX, r->diags, &action->drip_pieces);
        duration_read(over, "over", r->diags, &action->drip_over_us);
    } else {
        diag_error(r->diags, json_place(node),
                   "write drip: {bytes: 64, every: 100ms} or {pieces: 5, over: 1s}",
                   "`drip` needs either `bytes` and `every` or `pieces` and `over`");
    }
}

static void read_after(struct action_reader *r, const struct json_node *node)
{
    static const char *const choices[] = {"commit", NULL};
    size_t index;
    if (words_choice(node, "after", choices, r->diags, &index))
        r->action->after_commit = true;
}

/* --- connection ------------------------------------------------------------------- */

static void read_connection(struct action_reader *r, const struct json_node *node)
{
    static const char *const choices[] = {"reset", "close", "hang", "empty", "garbage", NULL};
    static const enum fault_act acts[] = {FAULT_RESET, FAULT_CLOSE, FAULT_HANG, FAULT_EMPTY,
                                          FAULT_GARBAGE};
    size_t index;
    if (words_choice(node, "connection", choices, r->diags, &index))
        r->action->act = acts[index];
}

static void read_at(struct action_reader *r, const struct json_node *node)
{
    static const char *const choices[] = {"accept", "head", "end", NULL};
    static const enum fault_at places[] = {FAULT_AT_ACCEPT, FAULT_AT_HEAD, FAULT_AT_END};
    size_t index;
    r->has_at = true;
    if (json_is(node, JSON_OBJECT)) {
        const struct json_node *byte = json_member(node, "byte");
        r->action->at = FAULT_AT_BYTE;
        if (words_check(node, WORDS_AT, r->diags))
            words_uint(byte != NULL ? byte : node, "byte", 0, INT64_MAX, r->diags,
                       &r->action->byte);
    } else if (json_is(node, JSON_STRING) && str_starts_with(json_text(node), "byte")) {
        diag_error(r->diags, json_place(node), "write at: {byte: 120}",
                   "`at` does not say after which byte of the body");
    } else if (words_choice(node, "at", choices, r->diags, &index)) {
        r->action->at = places[index];
    }
}

/* A number of bytes, or a share of the body: "50%". */
static void read_truncate(struct action_reader *r, const struct json_node *node)
{
    struct action *action = r->action;
    action->truncate = true;
    if (!json_is(node, JSON_STRING)) {
        words_uint(node, "truncate", 0, INT64_MAX, r->diags, &action->truncate_at);
        return;
    }
    char *end = NULL;
    double percent = strtod(node->c.valuestring, &end);
    if (end == node->c.valuestring || strcmp(end, "%") != 0 || !(percent >= 0 && percent < 100))
        diag_error(r->diags, json_place(node), "write truncate: 120 (bytes) or truncate: 50%",
                   "`truncate` is neither a number of bytes nor a share of the body");
    else if (percent > 0)
        action->truncate_fraction = percent / 100;
}

/* --- violate ---------------------------------------------------------------------- */

static void add_violation(struct action_reader *r, const struct json_node *node)
{
    size_t bit;
    if (json_is(node, JSON_NULL)) /* [null] is meant as the word */
        r->action->violate |= FAULT_NULL;
    else if (words_choice(node, "violate", violation_names, r->diags, &bit))
        r->action->violate |= 1u << bit;
}

static void read_violate(struct action_reader *r, const struct json_node *node)
{
    if (!json_is(node, JSON_ARRAY)) {
        add_violation(r, node);
        return;
    }
    if (node->size == 0)
        diag_error(r->diags, json_place(node), "name what to break, for example [wrong-type]",
                   "`violate` is an empty list");
    for (const struct json_node *element = json_first(node); element != NULL;
         element = json_next(element))
        add_violation(r, element);
}

/* --- quota ------------------------------------------------------------------------ */

static const struct quota *quota_named(struct action_reader *r, const struct json_node *node,
                                       struct str name, uint64_t requests, uint64_t per_us)
{
    struct fault_plan *plan = r->plan;
    struct quota *quota = map_get(&plan->quotas, name);
    if (quota == NULL) {
        quota = arena_alloc(&plan->arena, sizeof *quota);
        *quota = (struct quota){arena_copy_str(&plan->arena, name), (uint32_t)plan->quotas.count,
                                requests, per_us};
        map_put(&plan->quotas, quota->name, quota);
    } else if (quota->requests != requests || quota->per_us != per_us) {
        diag_error(r->diags, json_place(node), "give both the same numbers, or another name",
                   "the quota `%s` has other `requests` or `per` in an earlier rule",
                   quota->name.data);
    }
    return quota;
}

/* A word of the action, in `do` itself or in its quota. */
static const struct json_node *word_node(const struct action_reader *r, const char *word)
{
    const struct json_node *node = json_member(r->node, word);
    return node != NULL ? node : json_member(json_member(r->node, "quota"), word);
}

/* What the answer is once the quota is used up: the same words as in `do`. */
static const struct {
    const char *word;
    void (*read)(struct action_reader *, const struct json_node *);
} quota_answer[] = {{"status", read_status}, {"headers", read_headers}, {"body", read_body}};

enum { QUOTA_ANSWER_COUNT = sizeof quota_answer / sizeof quota_answer[0] };

static void read_quota_answer(struct action_reader *r, const struct json_node *quota)
{
    for (size_t i = 0; i < QUOTA_ANSWER_COUNT; i++) {
        const struct json_node *node = json_member(quota, quota_answer[i].word);
        if (node != NULL)
            quota_answer[i].read(r, node);
    }
}

static void read_quota(struct action_reader *r, const struct json_node *node)
{
    enum { TOO_MANY_REQUESTS = 429 };
    words_check(node, WORDS_QUOTA, r->diags);
    if (!json_is(node, JSON_OBJECT))
        return;
    const struct json_node *name = json_member(node, "name");
    const struct json_node *requests = json_member(node, "requests");
    const struct json_node *per = json_member(node, "per");
    if (requests == NULL || per == NULL) {
        diag_error(r->diags, json_place(node), "write quota: {requests: 10, per: 60s}",
                   "`quota` needs `requests` and `per`");
        return;
    }
    struct str text = r->rule_name;
    uint64_t limit = 0;
    uint64_t per_us = 0;
    bool fine = name == NULL || words_text(name, "name", r->diags, &text);
    fine &= words_uint(requests, "requests", 0, INT64_MAX, r->diags, &limit);
    fine &= duration_read(per, "per", r->diags, &per_us);
    if (fine && per_us == 0)
        diag_error(r->diags, json_place(per), "write for example per: 60s",
                   "`per` is no time at all");
    else if (fine)
        r->action->quota = quota_named(r, node, text, limit, per_us);
    read_quota_answer(r, node);
    if (word_node(r, "status") == NULL && r->action->act == FAULT_SEND)
        r->action->status = TOO_MANY_REQUESTS;
}

/* --- what cannot happen together ---------------------------------------------------- */

/* An error at each of the words that is there. */
static void refuse(struct action_reader *r, const char *const *words, const char *remedy,
                   const char *reason)
{
    for (; *words != NULL; words++) {
        const struct json_node *node = word_node(r, *words);
        if (node != NULL)
            diag_error(r->diags, json_name_place(node), remedy, "`%s` cannot be here: %s", *words,
                       reason);
    }
}

/* After the head: of the body no byte is sent. */
static bool ends_after_head(const struct action *action)
{
    return (action->act == FAULT_RESET || action->act == FAULT_CLOSE) &&
           action->at == FAULT_AT_HEAD;
}

/* The body's words, which the rest of the rule does not need. */
static void warn_of_unseen(struct action_reader *r, const char *word)
{
    const struct json_node *node = json_member(r->node, word);
    if (node != NULL)
        diag_warning(r->diags, json_name_place(node),
                     "leave it out, or write at: {byte: n} or at: end",
                     "`%s` is never seen: the connection is cut after the head", word);
}

static void check_at(struct action_reader *r)
{
    static const char *const at[] = {"at", NULL};
    const struct action *action = r->action;
    if (!r->has_at)
        return;
    if (json_member(r->node, "connection") == NULL)
        refuse(r, at, "add connection: reset, close or hang",
               "it tells where `connection` strikes, and there is none");
    else if (action->act == FAULT_EMPTY && action->at != FAULT_AT_ACCEPT)
        refuse(r, at, "write connection: close with it, or leave `at` out",
               "an empty response has no head and no body");
    else if (action->act == FAULT_GARBAGE && action->at > FAULT_AT_HEAD)
        refuse(r, at, "write at: head, or leave it out",
               "garbage comes in place of the response or of its body, not inside it");
}

static void check_truncate(struct action_reader *r)
{
    static const char *const truncate[] = {"truncate", NULL};
    const char *reason = "it closes the connection itself, after so many bytes";
    if (r->action->act == FAULT_SEND)
        return;
    if (ends_after_head(r->action)) {
        warn_of_unseen(r, "truncate");
        return;
    }
    if (r->action->act == FAULT_HANG)
        reason = "it closes the connection, and a hung one is never closed";
    refuse(r, truncate, "keep `connection` with at: {byte: n}, or `truncate` alone", reason);
}

static void check_cut_before_answer(struct action_reader *r)
{
    static const char *const unseen[] = {"status", "headers", "body", "drip", "violate", NULL};
    const char *reason = "the connection is cut before the answer, so no client would see it";
    if (r->action->act == FAULT_SEND || r->action->at != FAULT_AT_ACCEPT)
        return;
    if (r->action->act == FAULT_HANG)
        reason = "the answer never begins, so no client would see it";
    refuse(r, unseen, "leave it out, or add at: head, {byte: n} or end", reason);
}

static void check_cut_after_head(struct action_reader *r)
{
    static const char *const drip[] = {"drip", NULL};
    if (ends_after_head(r->action))
        warn_of_unseen(r, "drip");
    else if (r->action->act != FAULT_SEND && r->action->at == FAULT_AT_HEAD)
        refuse(r, drip, "leave it out, or write at: {byte: n} or at: end",
               "the connection is cut after the head, so no byte of the body is sent");
}

/* Statuses whose answers have no body (RFC 9110, 15.2, 15.3.5, 15.3.6, 15.4.5). */
static bool status_has_no_body(int status)
{
    return (status >= 100 && status < 200) || status == 204 || status == 205 || status == 304;
}

static void check_body_exists(struct action_reader *r)
{
    static const char *const parts[] = {"body", "truncate", "drip", "violate", NULL};
    static const char *const at[] = {"at", NULL};
    const struct action *action = r->action;
    if (action->status == 0 || !status_has_no_body(action->status))
        return;
    refuse(r, parts, "leave it out, or choose another status",
           "an answer of this status has no body");
    if (action->act != FAULT_SEND && action->at == FAULT_AT_BYTE)
        refuse(r, at, "write at: head", "an answer of this status has no body");
}

static void check_body_is_long_enough(struct action_reader *r)
{
    const struct action *action = r->action;
    unsigned long long length = action->body.len;
    if (!action->has_body || ends_after_head(action))
        return;
    if (action->truncate && action->truncate_fraction == 0 && action->truncate_at >= length)
        diag_error(r->diags, json_place(json_member(r->node, "truncate")),
                   "write a smaller number, or a share: 50%",
                   "nothing would be cut off: the body has %llu bytes", length);
    if (action->at == FAULT_AT_BYTE && action->byte > length)
        diag_error(r->diags, json_place(json_member(r->node, "at")),
                   "write a smaller number, or at: end", "there is no such byte: the body has %llu",
                   length);
}

static void check_quota(struct action_reader *r)
{
    const struct json_node *quota = json_member(r->node, "quota");
    for (size_t i = 0; i < QUOTA_ANSWER_COUNT; i++) {
        const struct json_node *node = json_member(quota, quota_answer[i].word);
        if (node != NULL && json_member(r->node, quota_answer[i].word) != NULL)
            diag_warning(r->diags, json_name_place(node), "keep one of them, or write two rules",
                         "`%s` stands both in `quota` and beside it; that of the quota is sent",
                         quota_answer[i].word);
    }
}

static void check_violate(struct action_reader *r)
{
    static const char *const violate[] = {"violate", NULL};
    const uint32_t any_text = FAULT_MALFORMED_JSON | FAULT_WRONG_CONTENT_TYPE;
    if (!r->action->has_body || (r->action->violate & ~any_text) == 0)
        return;
    if (ends_after_head(r->action))
        warn_of_unseen(r, "violate");
    else
        refuse(r, violate, "write the broken body as `body`, or leave `body` to the operation",
               "it breaks the answer that the operation gives, and `body` replaces that");
}

static void check_something_happens(struct action_reader *r)
{
    if (r->node->size == 0)
        diag_error(r->diags, json_place(r->node), "write do: pass to let exchanges through",
                   "`do` is empty");
    else if (r->node->size == 1 && r->action->after_commit)
        diag_error(r->diags, json_place(r->node), "add for example connection: reset",
                   "nothing is said to happen after the commit");
}

static void (*const checks[])(struct action_reader *) = {
    check_at,
    check_truncate,
    check_cut_before_answer,
    check_cut_after_head,
    check_body_exists,
    check_body_is_long_enough,
    check_violate,
    check_quota,
    check_something_happens,
};

/* --- the whole ----------------------------------------------------------------------- */

/* `connection` and `status` stand before `quota`, which looks at them. */
static const struct {
    const char *word;
    void (*read)(struct action_reader *, const struct json_node *);
} readers[] = {
    {"status", read_status},   {"headers", read_headers},   {"body", read_body},
    {"delay", read_delay},     {"after", read_after},       {"connection", read_connection},
    {"at", read_at},           {"truncate", read_truncate}, {"drip", read_drip},
    {"violate", read_violate}, {"quota", read_quota},
};

void action_read(struct fault_plan *plan, const struct json_node *node, struct str rule_name,
                 struct diags *diags, struct action *action)
{
    struct action_reader reader = {
        .plan = plan, .diags = diags, .rule_name = rule_name, .node = node, .action = action};
    if (json_is(node, JSON_STRING) && str_is(json_text(node), "pass"))
        return;
    size_t errors = diags->errors;
    words_check(node, WORDS_DO, diags);
    if (!json_is(node, JSON_OBJECT))
        return;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const struct json_node *member = json_member(node, readers[i].word);
        if (member != NULL)
            readers[i].read(&reader, member);
    }
    /* What was misread cannot be judged. */
    if (diags->errors > errors)
        return;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        checks[i](&reader);
}
