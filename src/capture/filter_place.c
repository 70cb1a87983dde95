/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the place of a mistake in a filter expression, which libpcap does not tell.
 *
 * Where libpcap's message quotes a word of the expression, that is the place.  Else the expression
 * is cut behind each of its tokens in turn: as long as some continuation from a small list makes
 * the beginning valid, the mistake lies further on; the first token for which none does is the place.
 * Where every beginning can be continued, the expression ends too early.
 *
 * Names with a dot are replaced by an address before these trials, so that no look-ups are repeated.
 * Only runs once, before the program ends with the message.  Cost: tokens times continuations times
 * some 10 us; at most TOKENS_MAX tokens, else no place is given. */
#include <ctype.h>
#include <pcap/pcap.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/filter.h"

enum {
    TOKENS_MAX = 512,
    SNAPLEN = 65535
};

/* What may follow the beginning of an expression; closing parentheses are added as needed. */
static const char *const continuations[] = {"",
                                            "1",
                                            "192.0.2.1",
                                            "host 192.0.2.1",
                                            "dst host 192.0.2.1",
                                            "= 1",
                                            "1 = 1",
                                            "] = 1",
                                            "0] = 1",
                                            "255.255.255.0",
                                            "2001:db8::1",
                                            "00:00:5e:00:53:01",
                                            "host 00:00:5e:00:53:01",
                                            "1-2"};

struct token {
    size_t start, end;
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) != 0 || (c != '\0' && strchr("._:/-\\$", c) != NULL);
}

/* Finds the token at or after `from`: a word, a bracket, or a run of other signs.  False at the end. */
static bool next_token(const char *text, size_t from, struct token *ret_token)
{
    size_t start = from + strspn(text + from, " \t\r\n");
    if (text[start] == '\0')
        return false;
    size_t end = start + 1;
    if (is_word(text[start])) {
        while (is_word(text[end]))
            end++;
    } else if (strchr("()[]", text[start]) == NULL) {
        while (text[end] != '\0' && strchr("=<>&|!", text[end]) != NULL)
            end++;
    }
    *ret_token = (struct token){start, end};
    return true;
}

/* True for what libpcap would look up: a word with a dot and a letter. */
static bool is_host_name(const char *word, size_t length)
{
    bool letter = false;
    for (size_t i = 0; i < length; i++)
        letter = letter || isalpha((unsigned char)word[i]) != 0;
    return letter && memchr(word, '.', length) != NULL && memchr(word, ':', length) == NULL;
}

static bool compiles(const char *expression, int dlt, bool *ret_unknown)
{
    pcap_t *dead = pcap_open_dead(dlt, SNAPLEN);
    if (dead == NULL)
        return false;
    struct bpf_program code;
    bool good = pcap_compile(dead, &code, expression, 0, PCAP_NETMASK_UNKNOWN) == 0;
    if (good)
        pcap_freecode(&code);
    *ret_unknown = !good && strstr(pcap_geterr(dead), "unknown ") != NULL;
    pcap_close(dead);
    return good;
}

/* Tries the continuations behind the beginning in `prefix` with `open` unclosed parentheses. */
static bool can_continue(struct text *prefix, size_t open, int dlt)
{
    size_t length = prefix->length;
    for (size_t i = 0; i < COUNT_OF(continuations); i++) {
        prefix->length = length;
        text_add_char(prefix, ' ');
        text_add(prefix, continuations[i]);
        for (size_t j = 0; j < open; j++)
            text_add_char(prefix, ')');
        bool unknown = false;
        if (compiles(text_string(prefix), dlt, &unknown)) {
            prefix->length = length;
            return true;
        }
        if (i == 0 && unknown)
            break; /* a name that was looked up in vain: not again */
    }
    return false;
}

/* Finds the first token behind which no continuation helps.  False where all beginnings are good. */
static bool find_wrong_token(const char *expression, int dlt, struct token *ret_token)
{
    struct text prefix = {0};
    struct token token = {0, 0};
    size_t open = 0;
    bool found = false;
    for (unsigned i = 0; i < TOKENS_MAX && !found; i++) {
        if (!next_token(expression, token.end, &token))
            break;
        const char *word = expression + token.start;
        size_t length = token.end - token.start;
        text_add_char(&prefix, ' ');
        if (is_host_name(word, length))
            text_add(&prefix, "192.0.2.1");
        else
            text_add_bytes(&prefix, word, length);
        open += word[0] == '(';
        open -= word[0] == ')' && open > 0;
        found = !can_continue(&prefix, open, dlt);
    }
    text_done(&prefix);
    *ret_token = token;
    return found;
}

/* Finds what the message quotes ('...') in the expression. */
static bool find_quoted(const char *expression, const char *reason, struct token *ret_token)
{
    const char *quote = strchr(reason, '\'');
    const char *end = quote != NULL ? strchr(quote + 1, '\'') : NULL;
    if (end == NULL || end == quote + 1)
        return false;
    auto_free char *quoted = mem_text_n(quote + 1, (size_t)(end - quote - 1));
    struct token token = {0, 0};
    for (unsigned i = 0; i < TOKENS_MAX && next_token(expression, token.end, &token); i++) {
        if (strncmp(expression + token.start, quoted, strlen(quoted)) == 0 &&
            !is_word(expression[token.start + strlen(quoted)])) {
            *ret_token = (struct token){token.start, token.start + strlen(quoted)};
            return true;
        }
    }
    return false;
}

bool filter_place(const char *expression, int dlt, const char *reason, struct error *err)
{
    struct token token = {0, 0};
    const char *what = strstr(reason, "syntax error") != NULL ? "syntax error" : reason;
    if (find_quoted(expression, reason, &token))
        return error_set(err, "-f: column %zu: %s in \"%s\"", token.start + 1, what, expression);
    if (find_wrong_token(expression, dlt, &token))
        return error_set(err, "-f: column %zu: '%.*s' is wrong here: %s in \"%s\"", token.start + 1,
                         (int)(token.end - token.start), expression + token.start, what,
                         expression);
    struct token further;
    if (next_token(expression, token.end, &further)) /* more tokens than are tried */
        return error_set(err, "-f: %s in \"%s\"", what, expression);
    return error_set(err, "-f: column %zu: the expression ends too early: %s in \"%s\"",
                     token.end + 1, what, expression);
}
