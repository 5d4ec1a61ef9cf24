#include "app/verbs.h"

#include <errno.h>
#include <stdio.h>

struct part_options part_options_from(const struct options *options, struct arena *arena)
{
    struct url_map *maps = arena_alloc(arena, (options->maps.count + 1) * sizeof *maps);
    for (size_t i = 0; i < options->maps.count; i++) {
        const char *equals = strchr(options->maps.items[i], '=');
        struct str url =
            str_make(options->maps.items[i], (size_t)(equals - options->maps.items[i]));
        maps[i] = (struct url_map){arena_copy(arena, url), equals + 1};
    }
    return (struct part_options){
        .contract = {.documents = {.overlays = options->overlays.items,
                                   .overlay_count = options->overlays.count,
                                   .maps = maps,
                                   .map_count = options->maps.count},
                     .assert_formats = !options->annotate_formats},
        .dialect = options->dialect,
        .query_format = options->query_format,
        .form_format = options->form_format,
    };
}

void print_diags(const struct diags *diags)
{
    struct buf out;
    buf_init(&out, NULL);
    diags_print(diags, &out);
    if (out.len > 0)
        fwrite(out.data, 1, out.len, stderr);
    buf_free(&out);
}

bool print_out(struct str text)
{
    if (fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
        return true;
    if (errno == EPIPE) /* `... | head`: whoever reads has seen enough */
        return true;
    perror("understudy: cannot write to stdout");
    return false;
}
