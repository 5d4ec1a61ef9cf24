#include "json/encoding.h"

#include "base/buf.h"

static const char SAVE_AS_UTF8[] = "save the file as UTF-8";

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF8_MARKED,
    ENCODING_UTF16_LITTLE,
    ENCODING_UTF16_BIG,
    ENCODING_UTF32,
};

/* By the mark, else by the zero byte that UTF-16 gives an ASCII character. */
static enum encoding detect(struct str text)
{
    const unsigned char *b = (const unsigned char *)text.data;
    if (text.len >= 4 && ((b[0] == 0xff && b[1] == 0xfe && b[2] == 0 && b[3] == 0) ||
                          (b[0] == 0 && b[1] == 0 && b[2] == 0xfe && b[3] == 0xff)))
        return ENCODING_UTF32;
    if (text.len >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf)
        return ENCODING_UTF8_MARKED;
    if (text.len < 2)
        return ENCODING_UTF8;
    if ((b[0] == 0xff && b[1] == 0xfe) || (b[0] != 0 && b[1] == 0))
        return ENCODING_UTF16_LITTLE;
    if ((b[0] == 0xfe && b[1] == 0xff) || (b[0] == 0 && b[1] != 0))
        return ENCODING_UTF16_BIG;
    return ENCODING_UTF8;
}

static uint32_t unit_at(struct str text, size_t at, bool big)
{
    uint32_t first = (unsigned char)text.data[at];
    uint32_t second = (unsigned char)text.data[at + 1];
    return big ? first << 8 | second : second << 8 | first;
}

/* RFC 2781. Returns text.len, or the offset of the first unit that is wrong. */
static size_t transcode(struct str text, bool big, struct buf *out)
{
    size_t at = 0;
    while (at + 1 < text.len) {
        uint32_t unit = unit_at(text, at, big);
        if (unit >= 0xdc00 && unit < 0xe000)
            return at;
        size_t width = 2;
        if (unit >= 0xd800 && unit < 0xdc00) {
            uint32_t low = at + 3 < text.len ? unit_at(text, at + 2, big) : 0;
            if (low < 0xdc00 || low >= 0xe000)
                return at;
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            width = 4;
        }
        if (unit != 0xfeff || at > 0)
            buf_add_utf8(out, unit);
        at += width;
    }
    return at;
}

/* Another text under the same name, indexed where the original is. */
static const struct source *with_text(struct arena *arena, const struct source *source,
                                      struct str text)
{
    struct source *copy = arena_alloc(arena, sizeof *copy);
    *copy = (struct source){.name = source->name, .text = text};
    if (source->marks != NULL)
        source_index(copy, arena);
    return copy;
}

static const struct source *from_utf16(struct arena *arena, const struct source *source, bool big,
                                       struct diags *diags)
{
    struct buf text;
    buf_init(&text, arena);
    buf_reserve(&text, source->text.len / 2 + 1);
    size_t read = transcode(source->text, big, &text);
    buf_text(&text);
    const struct source *copy = with_text(arena, source, buf_str(&text));
    if (read == source->text.len)
        return copy;
    diag_error(diags, (struct place){copy, text.len}, SAVE_AS_UTF8,
               "the UTF-16 text is broken at byte %zu", read);
    return NULL;
}

const struct source *encoding_to_utf8(struct arena *arena, const struct source *source,
                                      struct diags *diags)
{
    if (source->text.len > UINT32_MAX / 2) {
        diag_error(diags, (struct place){source, 0}, "split it into several files",
                   "the file is larger than 2 GiB");
        return NULL;
    }
    switch (detect(source->text)) {
    case ENCODING_UTF8:
        return source;
    case ENCODING_UTF8_MARKED:
        return with_text(arena, source, str_after(source->text, 3));
    case ENCODING_UTF16_LITTLE:
        return from_utf16(arena, source, false, diags);
    case ENCODING_UTF16_BIG:
        return from_utf16(arena, source, true, diags);
    case ENCODING_UTF32:
        diag_error(diags, (struct place){source, 0}, SAVE_AS_UTF8, "the file is UTF-32");
        return NULL;
    }
    return NULL;
}
