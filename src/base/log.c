#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000 };

/* Most bytes that each value may take, escapes included; together they fit into PIPE_BUF. */
enum {
    METHOD_MOST = 40,
    PATH_MOST = 1400,
    QUERY_MOST = 1000,
    OPERATION_MOST = 300,
    WORLD_MOST = 120,
    FAULT_MOST = 200,
    MESSAGE_MOST = 3600,
    REASON_PATH_MOST = 800,
    REASON_MOST = 1800,
    KEYWORD_MOST = 60,
    PLACE_MOST = 1000,
};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

void log_init(struct log *log, enum log_format format, enum log_level level, int fd)
{
    *log = (struct log){.format = format, .level = level, .fd = fd};
}

bool log_wants(const struct log *log, enum log_level level)
{
    return log->format != LOG_FORMAT_OFF && level <= log->level;
}

bool log_format_from(struct str word, enum log_format *format)
{
    static const char *const words[] = {
        [LOG_FORMAT_TEXT] = "text", [LOG_FORMAT_JSON] = "json", [LOG_FORMAT_OFF] = "off"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_is(word, words[i])) {
            *format = (enum log_format)i;
            return true;
        }
    }
    return false;
}

/* --- values that cannot break a line ---------------------------------------------- */

/* The code point of one well-formed character. */
static uint32_t decode(struct str character)
{
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = (unsigned char)character.data[0] & lead_bits[character.len];
    for (size_t i = 1; i < character.len; i++)
        c = c << 6 | ((unsigned char)character.data[i] & 0x3f);
    return c;
}

/* Where a value stands, which tells what would end it. */
enum standing {
    STANDS_LAST,   /* to the end of the line */
    STANDS_QUOTED, /* in double quotes */
    STANDS_BARE,   /* between blanks */
};

/* A code point that ends lines somewhere, moves a cursor or ends the value. */
static bool is_risky(uint32_t c, enum standing standing)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
        return true;
    return standing != STANDS_LAST &&
           (c == '"' || c == '\\' || (c == ' ' && standing == STANDS_BARE));
}

/* The escaped form of the character at text's start; how many of its bytes that took. */
static size_t escape_one(struct str text, enum standing standing, struct buf *out)
{
    size_t len = utf8_length(text.data, text.len);
    if (len == 0) {
        buf_add_text(out, "\\ufffd");
        return 1;
    }
    uint32_t c = decode(str_make(text.data, len));
    if (!is_risky(c, standing)) {
        buf_add(out, text.data, len);
    } else if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else {
        buf_add_text(out, "\\u");
        for (int shift = 12; shift >= 0; shift -= 4)
            buf_add_char(out, "0123456789abcdef"[c >> shift & 15]);
    }
    return len;
}

/* How many bytes at the start of text, at most `room`, are harmless ASCII. */
static size_t plain_run(struct str text, size_t room, enum standing standing)
{
    size_t most = text.len < room ? text.len : room;
    size_t len = 0;
    while (len < most && (unsigned char)text.data[len] < 0x80 &&
           !is_risky((unsigned char)text.data[len], standing))
        len++;
    return len;
}

/*
 * Appends a value with JSON's escapes (which serve in text lines as well), cut
 * to `most` bytes.
 */
static void add_value(struct buf *line, struct str text, size_t most, enum standing standing)
{
    size_t end = line->len + most - strlen("...");
    while (text.len > 0) {
        size_t whole = line->len;
        size_t taken = plain_run(text, end - whole, standing);
        if (taken > 0)
            buf_add(line, text.data, taken);
        else
            taken = escape_one(text, standing, line);
        if (line->len > end) {
            line->len = whole;
            buf_add_text(line, "...");
            return;
        }
        text = str_after(text, taken);
    }
}

/* The query with its secrets masked. */
static void add_query(struct buf *line, struct str query, enum standing standing)
{
    struct buf shown;
    buf_init(&shown, NULL);
    secret_add_query(query, &shown);
    add_value(line, buf_str(&shown), QUERY_MOST, standing);
    buf_free(&shown);
}

/* --- text lines ------------------------------------------------------------------- */

static void add_text_note(struct buf *line, const char *name, struct str value, size_t most)
{
    if (value.len == 0)
        return;
    buf_add_char(line, ' ');
    buf_add_text(line, name);
    buf_add_text(line, "=\"");
    add_value(line, value, most, STANDS_QUOTED);
    buf_add_char(line, '"');
}

static void add_milliseconds(struct buf *line, uint64_t ns)
{
    uint64_t hundredths = (ns + 5000) / 10000;
    buf_add_uint(line, hundredths / 100);
    buf_add_char(line, '.');
    buf_add_char(line, (char)('0' + hundredths / 10 % 10));
    buf_add_char(line, (char)('0' + hundredths % 10));
    buf_add_text(line, "ms");
}

/* True if the operation's label says no more than method and path do. */
static bool is_plain_operation(const struct log_request *request)
{
    struct str label = request->operation;
    size_t blank = str_find_char(label, ' ');
    return str_equal(str_make(label.data, blank), request->method) && blank < label.len &&
           str_equal(str_after(label, blank + 1), request->path);
}

static void request_as_text(struct buf *line, const struct log_request *request)
{
    add_value(line, request->method, METHOD_MOST, STANDS_BARE);
    buf_add_char(line, ' ');
    add_value(line, request->path, PATH_MOST, STANDS_BARE);
    if (request->query.len > 0) {
        buf_add_char(line, '?');
        add_query(line, request->query, STANDS_BARE);
    }
    buf_add_char(line, ' ');
    if (request->status != 0)
        buf_add_int(line, request->status);
    else
        buf_add_char(line, '-');
    buf_add_char(line, ' ');
    buf_add_uint(line, request->bytes);
    buf_add_text(line, "B ");
    add_milliseconds(line, request->duration_ns);
    if (!is_plain_operation(request))
        add_text_note(line, "operation", request->operation, OPERATION_MOST);
    add_text_note(line, "world", request->world, WORLD_MOST);
    if (request->violations > 0) {
        buf_add_text(line, " violations=");
        buf_add_uint(line, request->violations);
    }
    add_text_note(line, "fault", request->fault, FAULT_MOST);
    if (request->incomplete)
        buf_add_text(line, " incomplete");
}

/* --- JSON lines ------------------------------------------------------------------- */

static void add_json_name(struct buf *line, const char *name)
{
    buf_add_text(line, ",\"");
    buf_add_text(line, name);
    buf_add_text(line, "\":");
}

static void add_json_string(struct buf *line, const char *name, struct str value, size_t most)
{
    add_json_name(line, name);
    buf_add_char(line, '"');
    add_value(line, value, most, STANDS_QUOTED);
    buf_add_char(line, '"');
}

static void add_json_number(struct buf *line, const char *name, uint64_t number)
{
    add_json_name(line, name);
    buf_add_uint(line, number);
}

static void request_as_json(struct buf *line, const struct log_request *request)
{
    if (request->id != 0)
        add_json_number(line, "id", request->id);
    add_json_string(line, "method", request->method, METHOD_MOST);
    add_json_string(line, "path", request->path, PATH_MOST);
    add_json_name(line, "query");
    buf_add_char(line, '"');
    add_query(line, request->query, STANDS_QUOTED);
    buf_add_char(line, '"');
    add_json_string(line, "operation", request->operation, OPERATION_MOST);
    add_json_string(line, "world", request->world, WORLD_MOST);
    add_json_number(line, "status", (uint64_t)request->status);
    add_json_number(line, "bytes", request->bytes);
    add_json_number(line, "duration_us", request->duration_ns / 1000);
    add_json_number(line, "violations", request->violations);
    add_json_string(line, "fault", request->fault, FAULT_MOST);
    add_json_name(line, "complete");
    buf_add_text(line, request->incomplete ? "false" : "true");
}

/* --- whole lines ------------------------------------------------------------------ */

int log_own_descriptor(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISFIFO(status.st_mode))
        return fd;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return own >= 0 ? own : fd;
}

/* Two members change, of a log that is constant to all others. */
static atomic_bool *stuck_flag(const struct log *log)
{
    return (atomic_bool *)(uintptr_t)&log->stuck;
}

static atomic_size_t *dropped_count(const struct log *log)
{
    return (atomic_size_t *)(uintptr_t)&log->dropped;
}

static bool wait_for_room(const struct log *log)
{
    struct pollfd ready = {.fd = log->fd, .events = POLLOUT};
    if (atomic_load(stuck_flag(log)))
        return false;
    if (poll(&ready, 1, PATIENCE_MS) > 0)
        return true;
    atomic_store(stuck_flag(log), true);
    return false;
}

/* The line in one write. What the system takes only in part is gone on with. */
static bool send(const struct log *log, struct str line)
{
    while (line.len > 0) {
        ssize_t written = write(log->fd, line.data, line.len);
        if (written < 0 && (errno == EINTR || (errno == EAGAIN && wait_for_room(log))))
            continue;
        if (written <= 0)
            return false;
        line = str_after(line, (size_t)written);
    }
    if (atomic_load_explicit(stuck_flag(log), memory_order_relaxed))
        atomic_store(stuck_flag(log), false);
    return true;
}

static void line_begin(struct buf *line, const struct log *log)
{
    buf_init(line, NULL);
    buf_reserve(line, PIPE_BUF);
    buf_add_text(line, log->format == LOG_FORMAT_JSON ? "{\"time\":\"" : "");
    clock_print_millis(clock_real_ns(), line);
}

static const char *line_close(const struct log *log)
{
    return log->format == LOG_FORMAT_JSON ? "}\n" : "\n";
}

static void add_message(struct buf *line, const struct log *log, enum log_level level,
                        struct str message)
{
    bool json = log->format == LOG_FORMAT_JSON;
    buf_add_text(line, json ? "\",\"level\":\"" : " ");
    buf_add_text(line, level_names[level]);
    buf_add_text(line, json ? "\",\"event\":\"message\",\"message\":\"" : ": ");
    add_value(line, message, MESSAGE_MOST, json ? STANDS_QUOTED : STANDS_LAST);
    buf_add_text(line, json ? "\"" : "");
}

/* Says how many lines are missing here; false if there is no room for that either. */
static bool tell_dropped(const struct log *log)
{
    size_t count = atomic_exchange(dropped_count(log), 0);
    if (count == 0)
        return true;
    char text[80];
    int length =
        snprintf(text, sizeof text, "%zu lines of the log could not be written here", count);
    struct buf line;
    line_begin(&line, log);
    add_message(&line, log, LOG_LEVEL_WARNING, str_make(text, (size_t)length));
    buf_add_text(&line, line_close(log));
    bool told = send(log, buf_str(&line));
    if (!told)
        atomic_fetch_add(dropped_count(log), count);
    buf_free(&line);
    return told;
}

static void line_end(struct buf *line, const struct log *log)
{
    buf_add_text(line, line_close(log));
    bool none = atomic_load_explicit(dropped_count(log), memory_order_relaxed) == 0;
    if (!(none || tell_dropped(log)) || !send(log, buf_str(line)))
        atomic_fetch_add(dropped_count(log), 1);
    buf_free(line);
}

void log_request(const struct log *log, const struct log_request *request)
{
    if (!log_wants(log, LOG_LEVEL_INFO))
        return;
    struct buf line;
    line_begin(&line, log);
    if (log->format == LOG_FORMAT_JSON) {
        buf_add_text(&line, "\",\"level\":\"info\",\"event\":\"request\"");
        request_as_json(&line, request);
    } else {
        buf_add_char(&line, ' ');
        request_as_text(&line, request);
    }
    line_end(&line, log);
}

static void reason_as_json(struct buf *line, const struct log_reason *reason)
{
    add_json_number(line, "id", reason->id);
    add_json_string(line, "path", reason->path, REASON_PATH_MOST);
    add_json_string(line, "keyword", reason->keyword, KEYWORD_MOST);
    add_json_string(line, "message", reason->message, REASON_MOST);
    add_json_string(line, "place", reason->place, PLACE_MOST);
}

static void reason_as_text(struct buf *line, const struct log_reason *reason)
{
    buf_add_text(line, "#");
    buf_add_uint(line, reason->id);
    buf_add_char(line, ' ');
    if (reason->path.len > 0) {
        add_value(line, reason->path, REASON_PATH_MOST, STANDS_LAST);
        buf_add_text(line, ": ");
    }
    if (reason->keyword.len > 0) {
        add_value(line, reason->keyword, KEYWORD_MOST, STANDS_LAST);
        buf_add_text(line, ": ");
    }
    add_value(line, reason->message, REASON_MOST, STANDS_LAST);
    if (reason->place.len > 0) {
        buf_add_text(line, " (");
        add_value(line, reason->place, PLACE_MOST, STANDS_LAST);
        buf_add_char(line, ')');
    }
}

void log_reason(const struct log *log, const struct log_reason *reason)
{
    if (!log_wants(log, LOG_LEVEL_DEBUG))
        return;
    struct buf line;
    line_begin(&line, log);
    if (log->format == LOG_FORMAT_JSON) {
        buf_add_text(&line, "\",\"level\":\"debug\",\"event\":\"reason\"");
        reason_as_json(&line, reason);
    } else {
        buf_add_text(&line, " debug: ");
        reason_as_text(&line, reason);
    }
    line_end(&line, log);
}

void log_message(const struct log *log, enum log_level level, const char *format, ...)
{
    if (!log_wants(log, level))
        return;
    struct buf message;
    buf_init(&message, NULL);
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    struct buf line;
    line_begin(&line, log);
    add_message(&line, log, level, buf_str(&message));
    line_end(&line, log);
    buf_free(&message);
}
