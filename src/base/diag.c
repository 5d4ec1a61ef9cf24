#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
    KEPT_AT_MOST = 1000,
    LINE_SHOWN_AT_MOST = 160, /* characters of a source line around the caret */
};

void diags_init(struct diags *diags)
{
    *diags = (struct diags){.limit = KEPT_AT_MOST};
    arena_init(&diags->arena, 4096, NULL);
    diags->last = &diags->first;
}

void diags_free(struct diags *diags)
{
    arena_clear(&diags->arena);
    diags_init(diags);
}

static void add(struct diags *diags, enum diag_level level, struct place place, const char *remedy,
                const char *message)
{
    size_t kept = diags->errors + diags->warnings;
    if (level == DIAG_ERROR)
        diags->errors++;
    else
        diags->warnings++;
    if (kept >= diags->limit)
        return;
    struct diag *diag = arena_alloc(&diags->arena, sizeof *diag);
    *diag = (struct diag){
        .level = level, .place = place, .message = arena_copy(&diags->arena, str_from(message))};
    if (remedy != NULL)
        diag->remedy = arena_copy(&diags->arena, str_from(remedy));
    *diags->last = diag;
    diags->last = &diag->next;
}

static void add_formatted(struct diags *diags, enum diag_level level, struct place place,
                          const char *remedy, const char *format, va_list args)
{
    struct buf message;
    buf_init(&message, NULL);
    buf_vprintf(&message, format, args);
    add(diags, level, place, remedy, buf_text(&message));
    buf_free(&message);
}

void diag_error(struct diags *diags, struct place place, const char *remedy, const char *format,
                ...)
{
    va_list args;
    va_start(args, format);
    add_formatted(diags, DIAG_ERROR, place, remedy, format, args);
    va_end(args);
}

void diag_warning(struct diags *diags, struct place place, const char *remedy, const char *format,
                  ...)
{
    va_list args;
    va_start(args, format);
    add_formatted(diags, DIAG_WARNING, place, remedy, format, args);
    va_end(args);
}

void diags_append(struct diags *into, const struct diags *from)
{
    size_t errors = into->errors + from->errors;
    size_t warnings = into->warnings + from->warnings;
    for (const struct diag *diag = from->first; diag != NULL; diag = diag->next)
        add(into, diag->level, diag->place, diag->remedy, diag->message);
    /* Also those that `from` counted but did not keep. */
    into->errors = errors;
    into->warnings = warnings;
}

struct sortable {
    const struct diag *diag;
    size_t order;
};

/* By name of the source, place, discovery. Two sources of one name are versions of one text. */
static int compare_places(const void *left, const void *right)
{
    const struct sortable *a = left;
    const struct sortable *b = right;
    const struct source *sa = a->diag->place.source;
    const struct source *sb = b->diag->place.source;
    int order = (sa != NULL) - (sb != NULL);
    if (order == 0 && sa != sb)
        order = strcmp(sa->name, sb->name);
    if (order == 0 && sa != NULL)
        order = (a->diag->place.offset > b->diag->place.offset) -
                (a->diag->place.offset < b->diag->place.offset);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* --- printing ------------------------------------------------------------------------ */

/* A place whose position is known, from which the next one is counted. */
struct cursor {
    struct place place;
    struct source_position at;
};

/* Moves on to the place: cheap for places that come in order. */
static void cursor_move(struct cursor *cursor, struct place place)
{
    bool ahead = cursor->place.source == place.source && cursor->place.offset <= place.offset;
    if (place.source == NULL)
        return;
    cursor->at =
        ahead ? source_position_from(place.source, cursor->place.offset, cursor->at, place.offset)
              : source_position(place.source, place.offset);
    cursor->place = place;
}

/* Text of a document may hold anything; a terminal shall not obey it. */
static void add_shown(struct buf *out, unsigned char c)
{
    buf_add_char(out, (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
}

static void add_shown_text(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        add_shown(out, (unsigned char)*text);
}

static void print_place(struct place place, struct source_position at, struct buf *out)
{
    if (place.source != NULL)
        buf_printf(out, "%s:%u:%u: ", place.source->name, at.line, at.column);
}

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* The beginning of the part of the line that is shown before the place. */
static size_t excerpt_start(struct str text, size_t offset)
{
    size_t start = offset;
    size_t characters = 0;
    while (start > 0 && text.data[start - 1] != '\n' && characters < LINE_SHOWN_AT_MOST / 2) {
        start--;
        characters += starts_character(text.data[start]);
    }
    return start;
}

/* The end of the line, or of what is shown of it. */
static size_t excerpt_end(struct str text, size_t start)
{
    size_t end = start;
    size_t characters = 0;
    for (; end < text.len && text.data[end] != '\n'; end++) {
        characters += starts_character(text.data[end]);
        if (characters > LINE_SHOWN_AT_MOST)
            return end;
    }
    return end > start && text.data[end - 1] == '\r' ? end - 1 : end;
}

/* The source line and, under it, a caret; a long line is cut around the caret. */
static void print_excerpt(struct place place, struct buf *out)
{
    if (place.source == NULL)
        return;
    struct str text = place.source->text;
    size_t offset = place.offset < text.len ? place.offset : text.len;
    size_t start = excerpt_start(text, offset);
    size_t end = excerpt_end(text, start);
    buf_add_text(out, "  ");
    for (size_t i = start; i < end; i++)
        add_shown(out, (unsigned char)text.data[i]);
    buf_add_text(out, "\n  ");
    for (size_t i = start; i < offset; i++)
        if (starts_character(text.data[i]))
            buf_add_char(out, text.data[i] == '\t' ? '\t' : ' ');
    buf_add_text(out, "^\n");
}

static void print_whole(const struct diag *diag, struct source_position at, struct buf *out)
{
    print_place(diag->place, at, out);
    buf_add_text(out, diag->level == DIAG_ERROR ? "error: " : "warning: ");
    add_shown_text(out, diag->message);
    buf_add_char(out, '\n');
    print_excerpt(diag->place, out);
    if (diag->remedy != NULL) {
        buf_add_text(out, "  help: ");
        add_shown_text(out, diag->remedy);
        buf_add_char(out, '\n');
    }
}

void diags_print(const struct diags *diags, struct buf *out)
{
    size_t count = 0;
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next)
        count++;
    if (count == 0)
        return;
    struct arena scratch;
    arena_init(&scratch, count * sizeof(struct sortable) + 64, NULL);
    struct sortable *sorted = arena_alloc(&scratch, count * sizeof *sorted);
    size_t i = 0;
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next, i++)
        sorted[i] = (struct sortable){diag, i};
    qsort(sorted, count, sizeof *sorted, compare_places);
    struct cursor cursor = {.place = {NULL, 0}};
    for (i = 0; i < count; i++) {
        cursor_move(&cursor, sorted[i].diag->place);
        print_whole(sorted[i].diag, cursor.at, out);
    }
    size_t found = diags->errors + diags->warnings;
    if (found > count)
        buf_printf(out, "%zu more diagnostics not shown\n", found - count);
    arena_clear(&scratch);
}

void diag_print_line(const struct diag *diag, struct buf *out)
{
    struct cursor cursor = {.place = {NULL, 0}};
    cursor_move(&cursor, diag->place);
    print_place(diag->place, cursor.at, out);
    add_shown_text(out, diag->message);
    if (diag->remedy != NULL) {
        buf_add_text(out, " (");
        add_shown_text(out, diag->remedy);
        buf_add_char(out, ')');
    }
}
