#include "app/verdict.h"

#include "mock/coverage_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool verdict_is_wanted(const struct options *options)
{
    return options->coverage_file != NULL || options->fail_under > 0 ||
           options->fail_on_violation || options->fail_on_unmatched;
}

/* ---- the coverage file ---- */

static bool write_all(int file, struct str text)
{
    while (text.len > 0) {
        ssize_t done = write(file, text.data, text.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        text = str_after(text, (size_t)done);
    }
    return true;
}

/* What stands there is left alone until the end: only a file beside it is made, and goes. */
bool verdict_can_write(const struct options *options)
{
    const char *path = options->coverage_file;
    struct buf temporary;
    if (path == NULL)
        return true;
    buf_init(&temporary, NULL);
    buf_printf(&temporary, "%s.%ld", path, (long)getpid());
    int file = open(buf_text(&temporary), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file >= 0) {
        close(file);
        unlink(buf_text(&temporary));
    } else {
        fprintf(stderr, "understudy: cannot write the coverage file %s: %s\n", path,
                strerror(errno));
    }
    buf_free(&temporary);
    return file >= 0;
}

/* Writes beside the file and renames, so that nobody reads half of it. */
static bool write_file(const char *path, struct str text)
{
    struct buf temporary;
    buf_init(&temporary, NULL);
    buf_printf(&temporary, "%s.%ld", path, (long)getpid());
    int file = open(buf_text(&temporary), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = file >= 0 && write_all(file, text);
    if (file >= 0)
        good = close(file) == 0 && good;
    good = good && rename(buf_text(&temporary), path) == 0;
    if (!good) {
        fprintf(stderr, "understudy: cannot write the coverage file %s: %s\n", path,
                strerror(errno));
        unlink(buf_text(&temporary));
    }
    buf_free(&temporary);
    return good;
}

/* A page for FILE.html, JSON for any other name. */
static bool write_report(const char *path, const struct coverage_report *report)
{
    struct buf out;
    buf_init(&out, NULL);
    if (str_ends_with(str_from(path), ".html")) {
        coverage_write_page(report, &out);
    } else {
        struct json_writer writer = json_writer_to(&out);
        coverage_write_json(report, &writer);
        buf_add_char(&out, '\n');
    }
    bool good = write_file(path, buf_str(&out));
    buf_free(&out);
    return good;
}

/* ---- the judgement ---- */

static bool judge_coverage(const struct options *options, const struct coverage_report *report)
{
    if (coverage_percent(report->all) >= (double)options->fail_under)
        return true;
    fprintf(stderr,
            "understudy: the clients covered %.1f %% of the contract (%zu of %zu), and %d %% are "
            "wanted (--fail-under)\n",
            coverage_percent_shown(report->all), report->all.covered, report->all.total,
            (int)options->fail_under);
    return false;
}

/* True if there is none of the kind, or nobody asked. */
static bool judge_breaches(const struct mock *mock, enum breach kind, bool asked)
{
    static const char *const words[] = {
        [BREACH_CONTRACT] = "broke the contract (--fail-on-violation)",
        [BREACH_UNMATCHED] = "met no operation (--fail-on-unmatched)",
        [BREACH_UNPLAYABLE] =
            "met an operation that the document describes wrongly (--fail-on-violation)",
    };
    const struct breach_list *list = &mock->breaches.lists[kind];
    if (!asked || list->count == 0)
        return true;
    fprintf(stderr, "understudy: %llu of %llu requests %s\n", (unsigned long long)list->count,
            (unsigned long long)mock->tally.requests, words[kind]);
    fwrite(list->lines.data, 1, list->lines.len, stderr);
    if (list->count > BREACHES_TOLD)
        fprintf(stderr, "  and %llu more\n", (unsigned long long)(list->count - BREACHES_TOLD));
    return false;
}

static enum exit_code judge_requests(const struct options *options, const struct mock *mock)
{
    bool kept = judge_breaches(mock, BREACH_CONTRACT, options->fail_on_violation);
    bool met = judge_breaches(mock, BREACH_UNMATCHED, options->fail_on_unmatched);
    bool played = judge_breaches(mock, BREACH_UNPLAYABLE, options->fail_on_violation);
    if (!played)
        return EXIT_DOCUMENT;
    return kept && met ? EXIT_FINE : EXIT_MISTAKE;
}

enum exit_code verdict_reach(const struct options *options, struct mock *mock)
{
    enum exit_code code = judge_requests(options, mock);
    bool good = true;
    if (options->coverage_file == NULL && options->fail_under == 0)
        return code;
    struct arena arena;
    struct coverage_report report;
    struct coverage *coverage = coverage_of_all(mock);
    arena_init(&arena, 65536, NULL);
    coverage_report(coverage, &arena, &report);
    if (options->coverage_file != NULL)
        good = write_report(options->coverage_file, &report);
    good = judge_coverage(options, &report) && good;
    arena_clear(&arena);
    coverage_release(coverage);
    return code == EXIT_FINE && !good ? EXIT_MISTAKE : code;
}
