/* Does the request carry what one of the operation's security requirements asks for? */
#include "mock/dialect.h"
#include "mock/pipeline.h"

/* The first scheme whose credentials stand in Authorization behind a word of its own, or NULL. */
static const struct security_scheme *wanted_in_authorization(const struct operation *operation)
{
    for (size_t i = 0; i < operation->security_count; i++) {
        const struct security_requirement *requirement = &operation->security[i];
        for (size_t j = 0; j < requirement->count; j++)
            if (requirement->schemes[j]->kind != SECURITY_API_KEY &&
                requirement->schemes[j]->kind != SECURITY_MUTUAL_TLS)
                return requirement->schemes[j];
    }
    return NULL;
}

/* As it is mostly written; the document may have it in any case. */
static struct str word_of(const struct security_scheme *scheme)
{
    if (scheme->kind == SECURITY_HTTP_BEARER)
        return str_from("Bearer");
    return scheme->kind == SECURITY_HTTP_BASIC ? str_from("Basic") : scheme->key;
}

/* Anything may come before a blank: only what could be a scheme is told. */
static bool is_word(struct str text)
{
    bool good = text.len > 0 && text.len <= 32;
    for (size_t i = 0; i < text.len && good; i++)
        good = (text.data[i] >= 'A' && text.data[i] <= 'Z') ||
               (text.data[i] >= 'a' && text.data[i] <= 'z') || text.data[i] == '-';
    return good;
}

/* Why an Authorization that is there does not count; NULL: nothing is to be said of it. */
static const char *explain_authorization(const struct exchange *exchange)
{
    const struct security_scheme *wanted = wanted_in_authorization(exchange->operation);
    struct str value = str_trim(request_header(exchange->request, "authorization"));
    size_t blank = str_find_char(value, ' ');
    if (wanted == NULL || value.len == 0)
        return NULL;
    struct str word = str_make(value.data, blank);
    const char *is = "does not begin with a scheme";
    if (blank < value.len && is_word(word)) /* a single word may be the secret itself */
        is = arena_printf(exchange->arena, "begins with \"%.*s\"", (int)word.len, word.data);
    if (str_equal_ignoring_case(word, wanted->key))
        is = "has no credentials";
    struct str key = word_of(wanted);
    return arena_printf(exchange->arena,
                        "The header Authorization %s; \"%.*s CREDENTIALS\" is wanted.", is,
                        (int)key.len, key.data);
}

void step_security(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    struct parameter_input input = exchange_input(exchange);
    if (operation->security_count > 0 &&
        security_satisfied(operation, &input, exchange->arena) == NULL)
        dialect_refuse(exchange, REFUSE_UNAUTHORIZED, explain_authorization(exchange));
}
