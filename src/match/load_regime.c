/* SPDX-License-Identifier: Apache-2.0 */
/* Regimes: laws, orders and warnings that name vendors.  Context for reports; nothing here matches
 * traffic. */
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/time.h"
#include "match/reader.h"
#include "match/words.h"

enum {
    DAYS_MAX = 36525 /* a hundred years */
};

/* Where only one of `days` and `due` is given, the other one follows. */
static bool read_deadline(const struct reader *reader, const struct yaml_node *node,
                          const struct regime *regime, struct regime_deadline *deadline)
{
    static const char *const keys[] = {"what", "days", "due", NULL};
    static const char *const required[] = {"what", NULL};
    const char *days_text = NULL;
    if (!read_map(reader, node, keys) || !read_required(reader, node, required) ||
        !read_text(reader, node, "what", &deadline->what) ||
        !read_text(reader, node, "days", &days_text) ||
        !read_date(reader, node, "due", NULL, &deadline->due_ns))
        return false;
    if (days_text == NULL && yaml_get(node, "due") == NULL)
        return yaml_error(reader->file, node, reader->err, "a deadline needs 'days' or 'due'");
    if (days_text == NULL)
        return true;
    uint64_t days = 0;
    if (!number_parse_u64(days_text, DAYS_MAX, &days))
        return yaml_error(reader->file, yaml_get(node, "days"), reader->err,
                          "bad number of days '%.60s': write 0 to %d", days_text, DAYS_MAX);
    deadline->days = (unsigned)days;
    if (yaml_get(node, "due") == NULL && regime->issued_ns != 0)
        deadline->due_ns = regime->issued_ns + (int64_t)days * NS_PER_DAY;
    return true;
}

static bool read_deadlines(const struct reader *reader, const struct yaml_node *item,
                           struct regime *regime)
{
    const struct yaml_node *list = yaml_get(item, "deadlines");
    if (list == NULL)
        return true;
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    struct regime_deadline *deadlines =
        arena_zeroed(reader->set->arena, child_count(list), sizeof *deadlines);
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
        if (!read_deadline(reader, node, regime, &deadlines[regime->deadline_count++]))
            return false;
    regime->deadlines = deadlines;
    return true;
}

/* Checks `covers` word by word and notes the vendors, which other files hold. */
static bool read_lists(struct reader *reader, const struct yaml_node *item, struct regime *regime)
{
    if (!read_texts(reader, item, "covers", &regime->covers) ||
        !read_texts(reader, item, "vendors", &regime->vendors))
        return false;
    const struct yaml_node *covers = yaml_get(item, "covers");
    for (const struct yaml_node *node = covers != NULL ? covers->first : NULL; node != NULL;
         node = node->next)
        if (word_find(cover_words, node->text) < 0)
            return unknown_word(reader, node, "cover", cover_words);
    for (const struct yaml_node *node = yaml_get(item, "vendors")->first; node != NULL;
         node = node->next)
        note_reference(reader, node, regime->id, false);
    return true;
}

static bool read_regime(struct reader *reader, const struct yaml_node *item)
{
    static const char *const keys[] = {"id",     "title",     "authority",  "country",
                                       "issued", "deadlines", "covers",     "vendors",
                                       "note",   "source",    "confidence", NULL};
    static const char *const required[] = {"id", "title", "authority", "country", "vendors", NULL};
    if (!read_map(reader, item, keys) || !read_required(reader, item, required))
        return false;
    struct regime *regime = arena_zeroed(reader->set->arena, 1, sizeof *regime);
    int confidence = CONFIDENCE_DOCUMENTED;
    if (!read_id(reader, item, "id", &regime->id) ||
        !read_text(reader, item, "title", &regime->title) ||
        !read_text(reader, item, "authority", &regime->authority) ||
        !read_country(reader, item, "country", regime->country) ||
        !read_date(reader, item, "issued", NULL, &regime->issued_ns) ||
        !read_text(reader, item, "note", &regime->note) ||
        !read_text(reader, item, "source", &regime->source) ||
        !read_word(reader, item, "confidence", confidence_words, &confidence) ||
        !read_deadlines(reader, item, regime) || !read_lists(reader, item, regime))
        return false;
    regime->confidence = (enum confidence)confidence;
    if (signatures_find_regime(reader->set, regime->id) != NULL)
        return yaml_error(reader->file, yaml_get(item, "id"), reader->err,
                          "the id '%.60s' stands for another regime already", regime->id);
    pointers_add(&reader->set->regimes, regime);
    return true;
}

bool load_regimes(struct reader *reader, const struct yaml_node *root)
{
    static const char *const keys[] = {"regimes", NULL};
    if (!read_map(reader, root, keys))
        return false;
    const struct yaml_node *list = yaml_get(root, "regimes");
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next)
        if (!read_regime(reader, item))
            return false;
    return true;
}
