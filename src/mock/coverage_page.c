/*
 * The coverage report as one HTML page that needs nothing else: no script, no
 * font, no image. It follows the reader's light or dark; a box hides what is
 * covered, so that the gaps are left.
 */
#include "mock/coverage_report.h"

static const char head[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>Coverage of the contract</title>\n"
    "<style>\n"
    ":root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#cf222e;--soft:#8881}\n"
    "@media(prefers-color-scheme:dark){:root{--good:#3fb950;--bad:#ff7b72}}\n"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\n"
    "code,td:first-child{font-family:ui-monospace,monospace;font-size:.9em}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}\n"
    "th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid var(--line);"
    "vertical-align:top}\n"
    "th{font-weight:600;background:var(--soft)}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "tr.gap td:first-child::before{content:\"\\25CB\\A0\";color:var(--bad)}\n"
    "tr.done td:first-child::before{content:\"\\25CF\\A0\";color:var(--good)}\n"
    ".bad{color:var(--bad);opacity:1}small,.dim{opacity:.65;font-size:inherit;font-weight:400}\n"
    "meter{width:8rem;height:.9rem;vertical-align:middle}\n"
    "summary{cursor:pointer;padding:.3rem 0;font-weight:600}\n"
    "#gaps:checked~main tr.done{display:none}\n"
    "</style>\n"
    "<h1>Coverage of the contract</h1>\n"
    "<input type=\"checkbox\" id=\"gaps\"> <label for=\"gaps\">only what is not covered</label>\n"
    "<main>\n";

static void add_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        default:
            buf_add_char(out, text.data[i]);
        }
    }
}

static void add_count(struct buf *out, const char *mark, uint32_t count)
{
    buf_printf(out, "<td class=\"n%s\">%u%s</td>", mark, count, count == COUNTER_ENOUGH ? "+" : "");
}

static void open_row(struct buf *out, bool covered)
{
    buf_printf(out, "<tr class=\"%s\"><td>", covered ? "done" : "gap");
}

static void add_share(struct buf *out, const char *name, struct coverage_share share)
{
    double percent = coverage_percent_shown(share);
    buf_printf(out,
               "<tr><td>%s</td><td class=\"n\">%zu of %zu</td>"
               "<td class=\"n\">%.1f&nbsp;%%</td>"
               "<td><meter max=\"100\" low=\"50\" high=\"80\" optimum=\"100\" value=\"%.1f\">"
               "</meter></td></tr>\n",
               name, share.covered, share.total, percent, percent);
}

static void add_summary(const struct coverage_report *report, struct buf *out)
{
    const struct tally *tally = report->tally;
    buf_add_text(out, "<table><tr><th></th><th class=\"n\">covered</th><th class=\"n\"></th>"
                      "<th></th></tr>\n");
    add_share(out, "all", report->all);
    for (int kind = 0; kind < COVERAGE_KINDS; kind++)
        add_share(out, coverage_kind_name((enum coverage_kind)kind), report->shares[kind]);
    buf_printf(out,
               "</table>\n<p>%llu requests; %llu broke the contract, %llu met no operation.</p>\n",
               (unsigned long long)tally->requests, (unsigned long long)tally->violating,
               (unsigned long long)tally->unmatched);
}

/* ---- operations ---- */

static void add_statuses(const struct status_row *row, struct buf *out)
{
    if (row != NULL)
        buf_add_text(out, "<table><tr><th>status</th><th class=\"n\">answered</th></tr>\n");
    else
        return;
    for (; row != NULL; row = row->next) {
        open_row(out, row->count > 0);
        coverage_write_status(row->status, out);
        buf_add_text(out, row->declared ? "" : " <small>not declared</small>");
        buf_printf(out, "</td><td class=\"n\">%u</td></tr>\n", row->count);
    }
    buf_add_text(out, "</table>\n");
}

static void add_parameters(const struct operation_row *row, struct buf *out)
{
    static const char *const places[] = {"path", "query", "header", "cookie"};
    if (row->operation->parameter_count == 0)
        return;
    buf_add_text(out, "<table><tr><th>parameter</th><th>in</th><th class=\"n\">sent</th>"
                      "<th class=\"n\">left out</th></tr>\n");
    for (size_t i = 0; i < row->operation->parameter_count; i++) {
        const struct parameter_row *parameter = &row->parameters[i];
        open_row(out, parameter->present > 0);
        add_escaped(out, parameter->parameter->name);
        buf_printf(out, "%s</td><td>%s</td><td class=\"n\">%u</td><td class=\"n\">%u</td></tr>\n",
                   parameter->parameter->required ? " <small>required</small>" : "",
                   places[parameter->parameter->in], parameter->present, parameter->absent);
    }
    buf_add_text(out, "</table>\n");
}

static void add_operation(const struct operation_row *row, struct buf *out)
{
    buf_printf(out, "<details%s><summary><code>", row->count > 0 ? " open" : "");
    add_escaped(out, row->operation->label);
    buf_printf(out, "</code> <small class=\"%s\">%u requests%s</small></summary>\n",
               row->count > 0 ? "" : "bad", row->count, row->broken ? ", broken" : "");
    if (!row->broken) {
        add_statuses(row->statuses, out);
        add_parameters(row, out);
    }
    buf_add_text(out, "</details>\n");
}

/* ---- schemas ---- */

static void add_path(struct buf *out, struct str path)
{
    if (path.len > 0)
        add_escaped(out, path);
    else
        buf_add_text(out, "<small>the value</small>");
}

static void add_properties(const struct property_row *row, struct buf *out)
{
    if (row == NULL)
        return;
    buf_add_text(out, "<table><tr><th>property</th><th class=\"n\">sent</th></tr>\n");
    for (; row != NULL; row = row->next) {
        open_row(out, row->count > 0);
        add_path(out, row->path);
        buf_printf(out, "%s</td>", row->required ? " <small>required</small>" : "");
        add_count(out, "", row->count);
        buf_add_text(out, "</tr>\n");
    }
    buf_add_text(out, "</table>\n");
}

static void add_values(const struct value_row *row, struct buf *out)
{
    if (row == NULL)
        return;
    buf_add_text(out, "<table><tr><th>enum of</th><th>value</th><th class=\"n\">sent</th></tr>\n");
    for (; row != NULL; row = row->next) {
        struct buf text;
        buf_init(&text, NULL);
        json_write(&text, row->value, JSON_EXACT);
        open_row(out, row->count > 0);
        add_path(out, row->path);
        buf_add_text(out, "</td><td><code>");
        add_escaped(out, buf_str(&text));
        buf_add_text(out, "</code></td>");
        add_count(out, "", row->count);
        buf_add_text(out, "</tr>\n");
        buf_free(&text);
    }
    buf_add_text(out, "</table>\n");
}

static void add_place(struct buf *out, const struct json_node *node)
{
    struct buf place;
    buf_init(&place, NULL);
    coverage_write_place(node, &place);
    add_escaped(out, buf_str(&place));
    buf_free(&place);
}

static void add_keywords(const struct keyword_row *row, struct buf *out)
{
    if (row == NULL)
        return;
    buf_add_text(out, "<table><tr><th>at</th><th>keyword</th><th>in the document</th>"
                      "<th class=\"n\">satisfied</th><th class=\"n\">violated</th></tr>\n");
    for (; row != NULL; row = row->next) {
        open_row(out, row->satisfied > 0);
        add_path(out, row->path);
        buf_printf(out, "</td><td><code>%s</code></td><td class=\"dim\">",
                   keyword_name(row->keyword));
        add_place(out, row->node);
        buf_add_text(out, "</td>");
        add_count(out, "", row->satisfied);
        add_count(out, row->violated > 0 ? " bad" : "", row->violated);
        buf_add_text(out, "</tr>\n");
    }
    buf_add_text(out, "</table>\n");
}

static void add_group(const struct schema_group *group, struct buf *out)
{
    buf_add_text(out, "<details open><summary><code>");
    add_escaped(out, group->name);
    buf_add_text(out, "</code> <small>");
    add_place(out, group->node);
    buf_add_text(out, "</small></summary>\n");
    add_properties(group->properties, out);
    add_values(group->values, out);
    add_keywords(group->keywords, out);
    buf_add_text(out, "</details>\n");
}

void coverage_write_page(const struct coverage_report *report, struct buf *out)
{
    buf_add_text(out, head);
    add_summary(report, out);
    buf_add_text(out, "<h2>Operations</h2>\n");
    for (const struct operation_row *row = report->operations; row != NULL; row = row->next)
        add_operation(row, out);
    buf_add_text(out, "<h2>Schemas of requests</h2>\n");
    for (const struct schema_group *group = report->groups; group != NULL; group = group->next)
        add_group(group, out);
    buf_add_text(out, "</main>\n</html>\n");
}
