/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a vendor file: who the vendor is, its sources and products.  Two names are no
 * vendors and hold only negatives: `shared` and `lookalikes`. */
#include <string.h>

#include "base/error.h"
#include "match/reader.h"
#include "match/words.h"

static bool is_collection(const char *id)
{
    return strcmp(id, "shared") == 0 || strcmp(id, "lookalikes") == 0;
}

/* The id has to be the file's name without `.yaml`, which also keeps ids unique in a directory. */
static bool check_file_name(const struct reader *reader, const struct yaml_node *root)
{
    const char *path = reader->file->path;
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const struct yaml_node *node = yaml_get(root, "vendor");
    size_t length = strlen(node->text);
    if (strncmp(name, node->text, length) == 0 && strcmp(name + length, ".yaml") == 0)
        return true;
    return yaml_error(reader->file, node, reader->err,
                      "vendor '%.60s' has to stand in a file '%.60s.yaml'", node->text, node->text);
}

static bool read_entity(const struct reader *reader, const struct yaml_node *node,
                        struct entity *ret_entity)
{
    static const char *const keys[] = {"name", "country", NULL};
    static const char *const required[] = {"name", NULL};
    return read_map(reader, node, keys) && read_required(reader, node, required) &&
           read_text(reader, node, "name", &ret_entity->name) &&
           read_country(reader, node, "country", ret_entity->country);
}

static bool read_entities(const struct reader *reader, const struct yaml_node *root,
                          struct vendor *vendor)
{
    const struct yaml_node *parent = yaml_get(root, "parent");
    if (parent != NULL && !read_entity(reader, parent, &vendor->parent))
        return false;
    const struct yaml_node *list = yaml_get(root, "entities");
    if (list == NULL)
        return true;
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    struct entity *entities = arena_zeroed(reader->set->arena, child_count(list), sizeof *entities);
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
        if (!read_entity(reader, node, &entities[vendor->entity_count++]))
            return false;
    vendor->entities = entities;
    return true;
}

static bool read_regime_ids(struct reader *reader, const struct yaml_node *root,
                            struct vendor *vendor)
{
    if (!read_texts(reader, root, "regimes", &vendor->regimes))
        return false;
    const struct yaml_node *list = yaml_get(root, "regimes");
    for (const struct yaml_node *node = list != NULL ? list->first : NULL; node != NULL;
         node = node->next)
        note_reference(reader, node, vendor->id, true);
    return true;
}

/* Checks the map of sources: ids to texts. */
static bool check_sources(struct reader *reader, const struct yaml_node *root)
{
    reader->sources = yaml_get(root, "sources");
    if (reader->sources == NULL)
        return true;
    if (!yaml_expect(reader->file, reader->sources, YAML_MAP, reader->err))
        return false;
    const char *text = NULL;
    for (const struct yaml_node *node = reader->sources->first; node != NULL; node = node->next)
        if (!read_text(reader, reader->sources, node->key, &text))
            return false;
    return true;
}

/* Checks the map of products: ids to name and kind. */
static bool check_products(struct reader *reader, const struct yaml_node *root)
{
    static const char *const keys[] = {"name", "kind", NULL};
    reader->products = yaml_get(root, "products");
    if (reader->products == NULL)
        return true;
    if (!yaml_expect(reader->file, reader->products, YAML_MAP, reader->err))
        return false;
    const struct yaml_node *node = reader->products->first;
    for (; node != NULL; node = node->next) {
        const char *name = NULL;
        int kind = 0;
        if (!read_map(reader, node, keys) || !read_required(reader, node, keys) ||
            !read_text(reader, node, "name", &name) ||
            !read_word(reader, node, "kind", kind_words, &kind))
            return false;
    }
    return true;
}

/* Reads the public resolvers that the product falls back to, in their order. */
static bool read_fallback(const struct reader *reader, const struct yaml_node *root,
                          struct vendor *vendor)
{
    static const char *const keys[] = {"addresses", "source", NULL};
    const struct yaml_node *map = yaml_get(root, "fallback_resolvers");
    const char *source = NULL;
    if (map == NULL)
        return true;
    if (!read_map(reader, map, keys) || !read_required(reader, map, keys) ||
        !read_source(reader, map, &source))
        return false;
    const struct yaml_node *list = yaml_get(map, "addresses");
    if (!yaml_expect(reader->file, list, YAML_LIST, reader->err))
        return false;
    struct addr *addrs = arena_zeroed(reader->set->arena, child_count(list), sizeof *addrs);
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!yaml_expect(reader->file, node, YAML_SCALAR, reader->err))
            return false;
        if (!addr_parse(node->text, &addrs[vendor->fallback_count++]))
            return yaml_error(reader->file, node, reader->err, "'%.60s' is no address", node->text);
    }
    vendor->fallback_resolvers = addrs;
    return true;
}

/* Reads what says who the vendor is. */
static bool read_head(struct reader *reader, const struct yaml_node *root, struct vendor *vendor)
{
    static const char *const required[] = {"vendor", "name", "revised", NULL};
    int64_t revised_ns = 0;
    if (!read_required(reader, root, required) || !read_id(reader, root, "vendor", &vendor->id) ||
        !check_file_name(reader, root) || !read_text(reader, root, "name", &vendor->name) ||
        !read_text(reader, root, "legal_entity", &vendor->legal_entity) ||
        !read_country(reader, root, "jurisdiction", vendor->jurisdiction) ||
        !read_date(reader, root, "revised", &vendor->revised, &revised_ns) ||
        !read_texts(reader, root, "brands", &vendor->brands))
        return false;
    bool has_law = vendor->jurisdiction[0] != '\0';
    if (has_law != is_collection(vendor->id))
        return true;
    return yaml_error(reader->file, root, reader->err,
                      has_law ? "'%.60s' is no vendor and has no 'jurisdiction'"
                              : "'jurisdiction' is missing in the file of vendor '%.60s'",
                      vendor->id);
}

static bool check_collection(const struct reader *reader, const struct yaml_node *root)
{
    static const char *const keys[] = {"vendor", "name", "revised", "sources", "not", NULL};
    return !is_collection(reader->record->vendor.id) ||
           yaml_check_keys(reader->file, root, keys, reader->err);
}

static void note_revised(struct signatures *set, const struct vendor *vendor)
{
    if (strcmp(vendor->revised, set->info.newest) > 0) /* dates of one form sort as text */
        set->info.newest = vendor->revised;
    set->info.vendors += vendor->jurisdiction[0] != '\0';
}

bool load_vendor(struct reader *reader, const struct yaml_node *root)
{
    static const char *const keys[] = {
        "vendor",   "name",     "legal_entity", "jurisdiction", "parent",
        "entities", "brands",   "revised",      "regimes",      "sources",
        "products", "services", "networks",     "not",          "fallback_resolvers",
        NULL};
    if (!read_map(reader, root, keys))
        return false;
    struct arena *arena = reader->set->arena;
    reader->record = arena_zeroed(arena, 1, sizeof *reader->record);
    struct vendor *vendor = &reader->record->vendor;
    vendor->file = arena_text(arena, reader->file->path, strlen(reader->file->path));
    if (!read_head(reader, root, vendor) || !check_collection(reader, root) ||
        !read_entities(reader, root, vendor) || !read_regime_ids(reader, root, vendor) ||
        !check_sources(reader, root) || !check_products(reader, root) ||
        !read_fallback(reader, root, vendor))
        return false;
    note_revised(reader->set, vendor);
    pointers_add(&reader->set->vendors, reader->record);
    return load_services(reader, yaml_get(root, "services")) &&
           load_networks(reader, yaml_get(root, "networks")) &&
           load_negatives(reader, yaml_get(root, "not"));
}
