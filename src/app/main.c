/* understudy: reads its arguments and does what they say. */
#include "app/verbs.h"

#include <signal.h>
#include <stdio.h>

static int show_help(const struct options *options)
{
    static const char *const names[] = {"serve", "check", "show", "validate", "replay"};
    enum verb verb = VERB_HELP;
    for (size_t i = 0; options->operands.count > 0 && i < sizeof names / sizeof *names; i++)
        if (strcmp(options->operands.items[0], names[i]) == 0)
            verb = (enum verb)i;
    struct buf out;
    buf_init(&out, NULL);
    options_print_help(verb, &out);
    bool good = print_out(buf_str(&out));
    buf_free(&out);
    return good ? EXIT_FINE : EXIT_MISTAKE;
}

static int show_version(const struct options *options)
{
    (void)options;
    return print_out(str_from("understudy " UNDERSTUDY_VERSION "\n")) ? EXIT_FINE : EXIT_MISTAKE;
}

static int (*const verbs[])(const struct options *) = {
    [VERB_SERVE] = verb_serve,       [VERB_CHECK] = verb_check,   [VERB_SHOW] = verb_show,
    [VERB_VALIDATE] = verb_validate, [VERB_REPLAY] = verb_replay, [VERB_HELP] = show_help,
    [VERB_VERSION] = show_version,
};

static int run(const struct command_line *line)
{
    struct options options;
    struct buf message;
    buf_init(&message, NULL);
    int code;
    if (options_read(&options, line->argc, line->argv, &message) == OPTIONS_OK) {
        options.guest = line->guest;
        code = verbs[options.verb](&options);
    } else {
        fprintf(stderr, "understudy: %s\n", buf_text(&message));
        code = EXIT_USAGE;
    }
    options_free(&options);
    buf_free(&message);
    return code;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct buf warnings;
    struct buf message;
    struct command_line line;
    arena_init(&arena, 1024, NULL);
    buf_init(&warnings, &arena);
    buf_init(&message, &arena);
    signal(SIGPIPE, SIG_IGN);
    int code = EXIT_USAGE;
    bool good = dropin_translate(argc, argv, &arena, &line, &warnings, &message);
    fputs(buf_text(&warnings), stderr);
    if (good)
        code = run(&line);
    else
        fprintf(stderr, "understudy: %s\n", buf_text(&message));
    arena_clear(&arena);
    return code;
}
