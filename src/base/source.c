#include "base/source.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* Of pipes and devices, to begin with. */
enum { GUESSED_SIZE = 1 << 16 };

/* Kept as simple loops over bytes, of which compilers make wide ones. */
static uint32_t count_line_breaks(struct str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    return count;
}

/* What follows the last line break. */
static struct str last_line(struct str text)
{
    size_t start = text.len;
    while (start > 0 && text.data[start - 1] != '\n')
        start--;
    return str_after(text, start);
}

struct source_position source_position_from(const struct source *source, size_t from,
                                            struct source_position at, size_t offset)
{
    size_t end = offset < source->text.len ? offset : source->text.len;
    if (end <= from)
        return at;
    struct str between = str_make(source->text.data + from, end - from);
    uint32_t breaks = count_line_breaks(between);
    if (breaks > 0) {
        between = last_line(between);
        at = (struct source_position){at.line + breaks, 1};
    }
    at.column += (uint32_t)utf8_count(between);
    return at;
}

struct source_position source_position(const struct source *source, size_t offset)
{
    static const struct source_position start = {1, 1};
    size_t end = offset < source->text.len ? offset : source->text.len;
    if (source->marks == NULL)
        return source_position_from(source, 0, start, end);
    size_t mark = end / SOURCE_STRIDE;
    return source_position_from(source, mark * SOURCE_STRIDE, source->marks[mark], end);
}

void source_index(struct source *source, struct arena *arena)
{
    size_t count = source->text.len / SOURCE_STRIDE + 1;
    struct source_position *marks = arena_alloc(arena, count * sizeof *marks);
    marks[0] = (struct source_position){1, 1};
    for (size_t i = 1; i < count; i++)
        marks[i] =
            source_position_from(source, (i - 1) * SOURCE_STRIDE, marks[i - 1], i * SOURCE_STRIDE);
    source->marks = marks;
}

struct str source_line(const struct source *source, size_t offset)
{
    struct str text = source->text;
    size_t start = offset < text.len ? offset : text.len;
    while (start > 0 && text.data[start - 1] != '\n')
        start--;
    struct str line = str_after(text, start);
    line.len = str_find_char(line, '\n');
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

static enum source_outcome read_stream(struct arena *arena, FILE *file, size_t limit,
                                       size_t expected, struct source *out)
{
    size_t capacity = expected + 1;
    char *bytes = arena_alloc(arena, capacity + 1);
    size_t len = 0;
    size_t got;
    while ((got = fread(bytes + len, 1, capacity - len, file)) > 0) {
        len += got;
        if (len > limit)
            return SOURCE_TOO_LARGE;
        if (len == capacity) {
            bytes = arena_grow(arena, bytes, capacity + 1, capacity * 2 + 1);
            capacity *= 2;
        }
    }
    if (ferror(file))
        return SOURCE_UNREADABLE;
    bytes[len] = '\0';
    out->text = str_make(bytes, len);
    return SOURCE_OK;
}

enum source_outcome source_read(struct arena *arena, const char *path, size_t limit,
                                struct source *out)
{
    *out = (struct source){.name = arena_copy(arena, str_from(path))};
    if (strcmp(path, "-") == 0) {
        out->name = "<stdin>";
        return read_stream(arena, stdin, limit, GUESSED_SIZE, out);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return SOURCE_UNREADABLE;
    struct stat status;
    size_t expected = GUESSED_SIZE;
    bool too_large = false;
    if (fstat(fileno(file), &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            fclose(file);
            errno = EISDIR;
            return SOURCE_UNREADABLE;
        }
        if (S_ISREG(status.st_mode)) {
            expected = (size_t)status.st_size;
            too_large = expected > limit;
        }
    }
    enum source_outcome outcome =
        too_large ? SOURCE_TOO_LARGE : read_stream(arena, file, limit, expected, out);
    int reason = errno;
    fclose(file);
    errno = reason;
    return outcome;
}
