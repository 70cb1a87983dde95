/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of the window of a source.
 *
 * A line is looked for where it lies and what was looked at is not looked at again, so that a slow pipe costs no more than a
 * file.  A stray quote must not swallow a file: where no second one follows within LINES_MAX, only the line that it stands
 * on is given up.  Each byte is so passed over at most twice. */
#include "logs/lines.h"

#include <string.h>

#include "base/bytes.h"
#include "capture/source.h"

/* How far the search for the end of a line has come. */
struct scan {
    bool quoted;
    bool open;        /* within quotes */
    size_t seen;      /* bytes looked at */
    size_t first_end; /* bytes up to and with the first end of line; 0: none yet */
    uint64_t ends;    /* ends of lines among them */
};

static bool is_odd(const char *text, size_t length)
{
    bool odd = false;
    const char *end = text + length;
    while (text < end && (text = memchr(text, '"', (size_t)(end - text))) != NULL) {
        odd = !odd;
        text++;
    }
    return odd;
}

/* Goes on to the end of the line, or of what is there. */
static bool find_end(struct scan *scan, const char *text, size_t length)
{
    while (scan->seen < length) {
        const char *from = text + scan->seen;
        const char *end = memchr(from, '\n', length - scan->seen);
        size_t stretch = end != NULL ? (size_t)(end - from) : length - scan->seen;
        if (scan->quoted && is_odd(from, stretch))
            scan->open = !scan->open;
        scan->seen += stretch;
        if (end == NULL)
            return false;
        scan->seen++;
        scan->ends++;
        if (scan->first_end == 0)
            scan->first_end = scan->seen;
        if (!scan->open)
            return true;
    }
    return false;
}

static void skip_line(struct source *source)
{
    do {
        struct bytes *window = &source->window;
        size_t left = bytes_left(window);
        const uint8_t *end = left > 0 ? memchr(window->at, '\n', left) : NULL;
        bytes_skip(window, end != NULL ? (size_t)(end - window->at) + 1 : left);
        if (end != NULL)
            return;
    } while (source_need(source, 1));
}

static enum lines_status give_up(struct lines *lines, const struct scan *scan)
{
    lines->passed++;
    if (scan->open && scan->first_end > 0) {
        bytes_skip(&lines->source->window, scan->first_end);
        return LINES_OPEN;
    }
    skip_line(lines->source);
    return LINES_TOO_LONG;
}

enum lines_status lines_next(struct lines *lines, bool quoted, const char **ret_text,
                             size_t *ret_length)
{
    struct source *source = lines->source;
    struct scan scan = {.quoted = quoted};
    bool found = false, more = true;
    lines->number = lines->passed + 1;
    while (!found && more && scan.seen <= LINES_MAX) {
        size_t left = bytes_left(&source->window);
        found = left > 0 && find_end(&scan, (const char *)source->window.at, left);
        more = found || scan.seen > LINES_MAX || source_need(source, left + 1);
    }
    if (!found && !more && (scan.seen == 0 || source->state != SOURCE_END))
        return LINES_END;
    size_t length = found ? scan.seen - 1 : scan.seen;
    if (length > LINES_MAX || (scan.open && scan.ends > 0))
        return give_up(lines, &scan);
    /* The last line may lack its end. */
    lines->passed += found ? scan.ends : scan.ends + 1;
    const char *text = (const char *)bytes_take(&source->window, scan.seen);
    if (length > 0 && text[length - 1] == '\r')
        length--;
    *ret_text = text;
    *ret_length = length;
    return LINES_LINE;
}
