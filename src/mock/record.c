#include "mock/record.h"

#include "mock/key.h"
#include "json/reader.h"

void record_maker_init(struct record_maker *maker, const struct behavior *behavior,
                       const struct shape_source *source)
{
    maker->behavior = behavior;
    maker->source = source;
    maker->made =
        arena_alloc_zero(source->scratch, (behavior->fill_count + 1) * sizeof *maker->made);
}

static struct str made_text(struct record_maker *maker, const struct fill *fill)
{
    struct str *made = &maker->made[fill - maker->behavior->fills];
    if (made->len == 0) {
        struct buf text;
        buf_init(&text, maker->source->scratch);
        maker->source->fill(maker->source->context, fill, &text);
        *made = buf_str(&text);
    }
    return *made;
}

static void write_made(void *context, const struct fill *fill, struct buf *out)
{
    buf_add_str(out, made_text(context, fill));
}

static const struct fill *find_fill(const struct behavior *behavior, struct str member)
{
    for (size_t i = 0; i < behavior->fill_count; i++)
        if (str_equal(behavior->fills[i].member, member))
            return &behavior->fills[i];
    return NULL;
}

static struct json_node *parse(struct arena *arena, struct str text)
{
    struct source *source = arena_alloc(arena, sizeof *source);
    *source = (struct source){.name = "filled value", .text = text};
    struct json_read_options options = {0};
    struct json_document document;
    struct json_error error;
    return json_read(arena, source, &options, &document, &error) ? document.root : NULL;
}

static struct str key_part(const struct json_node *value, struct arena *arena)
{
    if (value == NULL)
        return str_from("");
    if (value->type == JSON_STRING || value->type == JSON_NUMBER)
        return json_text(value);
    struct buf text;
    buf_init(&text, arena);
    json_write(&text, value, JSON_EXACT);
    return buf_str(&text);
}

struct str record_maker_key(struct record_maker *maker, const struct json_node *record)
{
    const struct behavior *behavior = maker->behavior;
    struct buf key;
    buf_init(&key, maker->source->scratch);
    for (size_t i = 0; i < behavior->key.count; i++) {
        const struct fill *fill = find_fill(behavior, behavior->key.items[i]);
        const struct json_node *value = json_member_str(record, behavior->key.items[i]);
        if (fill != NULL && !fill_yields(fill, value))
            value = parse(maker->source->scratch, made_text(maker, fill));
        key_add_part(&key, i, key_part(value, maker->source->scratch));
    }
    return buf_str(&key);
}

void record_maker_write(struct record_maker *maker, const struct json_node *record, struct buf *out)
{
    struct shape_source source = *maker->source;
    source.context = maker;
    source.fill = write_made;
    shape_write(maker->behavior->record, record, &source, out);
}

void record_maker_complete(struct record_maker *maker, struct json_node *record)
{
    struct arena *arena = maker->source->scratch;
    for (size_t i = 0; i < maker->behavior->fill_count; i++) {
        const struct fill *fill = &maker->behavior->fills[i];
        if (fill_yields(fill, json_member_str(record, fill->member)))
            continue;
        struct json_node *value = parse(arena, made_text(maker, fill));
        if (value != NULL)
            json_set(arena, record, fill->member, value);
    }
}
