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
    for (const struct diag *diag = from->first; diag != NULL; diag = diag->next)
        add(into, diag->level, diag->place, diag->remedy, diag->message);
}

struct sortable {
    const struct diag *diag;
    size_t order;
};

static int compare_places(const void *left, const void *right)
{
    const struct sortable *a = left;
    const struct sortable *b = right;
    const struct source *sa = a->diag->place.source;
    const struct source *sb = b->diag->place.source;
    if (sa != sb) {
        int order = sa == NULL ? -1 : sb == NULL ? 1 : strcmp(sa->name, sb->name);
        if (order != 0)
            return order;
    } else if (sa != NULL && a->diag->place.offset != b->diag->place.offset) {
        return a->diag->place.offset < b->diag->place.offset ? -1 : 1;
    }
    return (a->order > b->order) - (a->order < b->order);
}

static void print_place(struct place place, struct buf *out)
{
    if (place.source == NULL)
        return;
    struct source_position at = source_position(place.source, place.offset);
    buf_printf(out, "%s:%u:%u: ", place.source->name, at.line, at.column);
}

/* The source line and, under it, a caret; a long line is cut around the caret. */
static void print_excerpt(struct place place, struct buf *out)
{
    if (place.source == NULL)
        return;
    struct str line = source_line(place.source, place.offset);
    size_t at = (size_t)source_position(place.source, place.offset).column - 1;
    size_t skipped = at > LINE_SHOWN_AT_MOST / 2 ? at - LINE_SHOWN_AT_MOST / 2 : 0;
    size_t column = 0;
    struct buf caret;
    buf_init(&caret, NULL);
    buf_add_text(out, "  ");
    for (size_t i = 0; i < line.len; i++) {
        bool starts = ((unsigned char)line.data[i] & 0xc0) != 0x80;
        column += starts;
        if (column <= skipped)
            continue;
        if (column > skipped + LINE_SHOWN_AT_MOST)
            break;
        unsigned char c = (unsigned char)line.data[i];
        buf_add_char(out, c < 0x20 && c != '\t' ? '?' : (char)c);
        if (starts && column <= at)
            buf_add_char(&caret, c == '\t' ? '\t' : ' ');
    }
    buf_add_text(out, "\n  ");
    buf_add_str(out, buf_str(&caret));
    buf_add_text(out, "^\n");
    buf_free(&caret);
}

static void print_whole(const struct diag *diag, struct buf *out)
{
    print_place(diag->place, out);
    buf_add_text(out, diag->level == DIAG_ERROR ? "error: " : "warning: ");
    buf_add_text(out, diag->message);
    buf_add_char(out, '\n');
    print_excerpt(diag->place, out);
    if (diag->remedy != NULL)
        buf_printf(out, "  help: %s\n", diag->remedy);
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
    for (i = 0; i < count; i++)
        print_whole(sorted[i].diag, out);
    size_t found = diags->errors + diags->warnings;
    if (found > count)
        buf_printf(out, "%zu more diagnostics not shown\n", found - count);
    arena_clear(&scratch);
}

void diag_print_line(const struct diag *diag, struct buf *out)
{
    print_place(diag->place, out);
    buf_add_text(out, diag->message);
    if (diag->remedy != NULL)
        buf_printf(out, " (%s)", diag->remedy);
}
