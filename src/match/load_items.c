/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of a vendor file: services, networks, negatives.  Each item becomes a record and an
 * owner; each of its values goes through match/value.h into a table. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "match/reader.h"
#include "match/value.h"
#include "match/words.h"

typedef bool item_reader(struct reader *reader, const struct yaml_node *item);

static bool for_each_item(struct reader *reader, const struct yaml_node *list, item_reader *read)
{
    if (list == NULL)
        return true;
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next)
        if (!read(reader, item))
            return false;
    return true;
}

/* Adds the text of one source id. */
static bool add_source(const struct reader *reader, const struct yaml_node *id, struct text *text)
{
    if (!yaml_expect(reader->file, id, YAML_SCALAR, reader->err))
        return false;
    const struct yaml_node *source =
        reader->sources != NULL ? yaml_get(reader->sources, id->text) : NULL;
    if (source == NULL)
        return unknown_key_of(reader, id, "source", reader->sources);
    if (text->length > 0)
        text_add(text, "; ");
    text_add(text, source->text);
    return true;
}

/* Reads `source`, one id or a list of them, as the joined texts. */
bool read_source(const struct reader *reader, const struct yaml_node *item, const char **ret_source)
{
    const struct yaml_node *node = yaml_get(item, "source");
    struct text text = {0};
    bool ok = true;
    if (node->kind == YAML_LIST && node->first == NULL)
        ok = yaml_error(reader->file, node, reader->err, "'source' is empty");
    else if (node->kind != YAML_LIST)
        ok = add_source(reader, node, &text);
    for (const struct yaml_node *id = node->kind == YAML_LIST ? node->first : NULL;
         ok && id != NULL; id = id->next)
        ok = add_source(reader, id, &text);
    if (ok)
        *ret_source = arena_text(reader->set->arena, text_string(&text), text.length);
    text_done(&text);
    return ok;
}

static bool read_confidence(const struct reader *reader, const struct yaml_node *item,
                            enum confidence *ret_confidence)
{
    int place = 0;
    if (!read_word(reader, item, "confidence", confidence_words, &place))
        return false;
    *ret_confidence = (enum confidence)place;
    return true;
}

static void count_value(struct reader *reader, uint32_t owner, const char *key)
{
    struct signatures_info *info = &reader->set->info;
    if (reader->set->owners[owner].negative != NULL) {
        info->negatives++;
        reader->record->negatives++;
    } else if (reader->set->owners[owner].network != NULL) {
        info->networks++;
        reader->record->networks++;
    } else if (strcmp(key, "hosts") == 0) {
        info->names++;
        reader->record->names++;
    } else {
        info->others++;
    }
}

/* Adds the values of one key. */
static bool add_list(struct reader *reader, const struct yaml_node *list, value_adder *add,
                     uint32_t owner)
{
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    struct arena *arena = reader->set->arena;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!yaml_expect(reader->file, node, YAML_SCALAR, reader->err))
            return false;
        if (node->text[0] == '\0')
            return yaml_error(reader->file, node, reader->err, "an empty value");
        struct error why = {""};
        if (!add(reader->set, arena_text(arena, node->text, strlen(node->text)), owner, &why))
            return yaml_error(reader->file, node, reader->err, "%s", why.text);
        count_value(reader, owner, list->key);
    }
    return true;
}

/* Adds all values of an item; at least one is needed. */
static bool add_values(struct reader *reader, const struct yaml_node *item,
                       const struct value_kind *kinds, uint32_t owner)
{
    bool any = false;
    for (size_t i = 0; kinds[i].key != NULL; i++) {
        const struct yaml_node *list = yaml_get(item, kinds[i].key);
        if (list == NULL)
            continue;
        if (!add_list(reader, list, kinds[i].add, owner))
            return false;
        any |= list->first != NULL;
    }
    return any || yaml_error(reader->file, item, reader->err, "nothing to match is listed here");
}

static bool read_product(const struct reader *reader, const struct yaml_node *item,
                         struct service *service)
{
    if (!read_text(reader, item, "product", &service->product) || service->product == NULL)
        return service->product != NULL || yaml_get(item, "product") == NULL;
    const struct yaml_node *product =
        reader->products != NULL ? yaml_get(reader->products, service->product) : NULL;
    if (product == NULL)
        return unknown_key_of(reader, yaml_get(item, "product"), "product", reader->products);
    return read_text(reader, product, "name", &service->product_name) &&
           read_text(reader, product, "kind", &service->product_kind);
}

static bool read_embedder(const struct reader *reader, const struct yaml_node *item,
                          struct service *service)
{
    static const char *const keys[] = {"id", "name", "country", "product", NULL};
    static const char *const required[] = {"id", "name", NULL};
    const struct yaml_node *node = yaml_get(item, "embedder");
    if (node == NULL)
        return true;
    return read_map(reader, node, keys) && read_required(reader, node, required) &&
           read_id(reader, node, "id", &service->embedder_id) &&
           read_text(reader, node, "name", &service->embedder_name) &&
           read_country(reader, node, "country", service->embedder_country) &&
           read_text(reader, node, "product", &service->embedder_product);
}

static bool check_new_id(const struct reader *reader, const struct yaml_node *item,
                         const struct service *service)
{
    const struct pointers *services = &reader->set->services;
    for (size_t i = services->count; i > 0; i--) {
        const struct service *other = services->items[i - 1];
        if (other->vendor != service->vendor)
            break; /* the services of one file follow each other */
        if (other->id == service->id)
            return yaml_error(reader->file, yaml_get(item, "id"), reader->err,
                              "the id '%.60s' stands for another service already", service->id);
    }
    return true;
}

static bool read_service(struct reader *reader, const struct yaml_node *item)
{
    static const char *const keys[] = {
        "id",      "name",         "product", "purpose", "browser",     "confidence",
        "source",  "embedder",     "hosts",   "ports",   "user_agents", "uris",
        "headers", "certificates", "ja3",     "ndpi",    NULL};
    static const char *const required[] = {"id", "name", "purpose", "confidence", "source", NULL};
    if (!read_map(reader, item, keys) || !read_required(reader, item, required))
        return false;
    struct service *service = arena_zeroed(reader->set->arena, 1, sizeof *service);
    service->vendor = &reader->record->vendor;
    static const char *const no_yes[] = {"no", "yes", NULL};
    int purpose = 0, browser = 0;
    if (!read_id(reader, item, "id", &service->id) || !check_new_id(reader, item, service) ||
        !read_text(reader, item, "name", &service->name) ||
        !read_word(reader, item, "purpose", purpose_words, &purpose) ||
        !read_word(reader, item, "browser", no_yes, &browser) ||
        !read_confidence(reader, item, &service->confidence) ||
        !read_source(reader, item, &service->source) || !read_product(reader, item, service))
        return false;
    service->purpose = (enum purpose)purpose;
    service->browser = browser != 0;
    service->number = (uint32_t)reader->set->services.count;
    if (!read_embedder(reader, item, service))
        return false;
    pointers_add(&reader->set->services, service);
    reader->record->services++;
    struct owner owner = {
        .vendor = service->vendor, .service = service, .confidence = service->confidence};
    return add_values(reader, item, service_values, set_add_owner(reader->set, &owner));
}

static bool read_network(struct reader *reader, const struct yaml_node *item)
{
    static const char *const keys[] = {"name",  "country",    "asns",   "prefixes",
                                       "dated", "confidence", "source", NULL};
    static const char *const required[] = {"name", "confidence", "source", NULL};
    if (!read_map(reader, item, keys) || !read_required(reader, item, required))
        return false;
    struct network *network = arena_zeroed(reader->set->arena, 1, sizeof *network);
    network->vendor = &reader->record->vendor;
    int64_t dated_ns = 0;
    if (!read_text(reader, item, "name", &network->name) ||
        !read_country(reader, item, "country", network->country) ||
        !read_date(reader, item, "dated", &network->dated, &dated_ns) ||
        !read_confidence(reader, item, &network->confidence) ||
        !read_source(reader, item, &network->source))
        return false;
    struct owner owner = {
        .vendor = network->vendor, .network = network, .confidence = network->confidence};
    return add_values(reader, item, network_values, set_add_owner(reader->set, &owner));
}

static bool read_negative(struct reader *reader, const struct yaml_node *item)
{
    static const char *const keys[] = {"reason", "note",       "hosts",  "prefixes", "asns",
                                       "ja3",    "confidence", "source", NULL};
    static const char *const required[] = {"reason", "confidence", "source", NULL};
    if (!read_map(reader, item, keys) || !read_required(reader, item, required))
        return false;
    struct negative *negative = arena_zeroed(reader->set->arena, 1, sizeof *negative);
    negative->vendor = &reader->record->vendor;
    int reason = 0;
    if (!read_word(reader, item, "reason", reason_words, &reason) ||
        !read_text(reader, item, "note", &negative->note) ||
        !read_confidence(reader, item, &negative->confidence) ||
        !read_source(reader, item, &negative->source))
        return false;
    negative->reason = reason_words[reason];
    struct owner owner = {
        .vendor = negative->vendor, .negative = negative, .confidence = negative->confidence};
    return add_values(reader, item, negative_values, set_add_owner(reader->set, &owner));
}

bool load_services(struct reader *reader, const struct yaml_node *list)
{
    return for_each_item(reader, list, read_service);
}

bool load_networks(struct reader *reader, const struct yaml_node *list)
{
    return for_each_item(reader, list, read_network);
}

bool load_negatives(struct reader *reader, const struct yaml_node *list)
{
    return for_each_item(reader, list, read_negative);
}
