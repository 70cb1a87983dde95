/* SPDX-License-Identifier: Apache-2.0 */
/* Words and table cells for a terminal.  A column is one UTF-8 character: wide and combining
 * characters, which signature files hardly have, only make a line look uneven. */
#include "match/layout.h"

#include <string.h>

#include "base/text.h"

/* Counts the characters in `length` bytes of good UTF-8. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

static void add_spaces(struct text *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_add_char(out, ' ');
}

void layout_add_words(struct text *out, const char *label, size_t indent, const char *value)
{
    struct text visible = {0};
    text_add_visible(&visible, value, strlen(value));
    text_add(out, label);
    size_t column = columns_of(label, strlen(label));
    if (column < indent)
        add_spaces(out, indent - column);
    column = indent;
    const char *at = text_string(&visible);
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        size_t width = columns_of(at, length);
        if (column > indent && column + 1 + width > LAYOUT_COLUMNS) {
            text_add_char(out, '\n');
            add_spaces(out, indent);
            column = indent;
        } else if (column > indent) {
            text_add_char(out, ' ');
            column++;
        }
        text_add_bytes(out, at, length);
        column += width;
        at += length;
    }
    text_add_char(out, '\n');
    text_done(&visible);
}

void layout_add_cell(struct text *out, size_t columns, const char *value)
{
    struct text visible = {0};
    text_add_visible(&visible, value, strlen(value));
    const char *text = text_string(&visible);
    size_t length = visible.length;
    while (columns_of(text, length) > columns)
        length--;
    while (length < visible.length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length++; /* the cut must not part a character */
    text_add_bytes(out, text, length);
    add_spaces(out, columns - columns_of(text, length));
    text_done(&visible);
}
