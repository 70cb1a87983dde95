/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile YAML: whatever the bytes, the reader gives a tree that keeps its promises, or a
 * sentence with a place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SIZE_MOST = 1 << 16,
    DEPTH_MOST = 17
};

static void check(int ok)
{
    if (!ok)
        abort();
}

/* NOLINTNEXTLINE(misc-no-recursion): the depth is checked */
static void check_node(const struct yaml_file *file, const struct yaml_node *node, unsigned depth)
{
    check(depth <= DEPTH_MOST && node->line >= 1 && node->column >= 1);
    check((node->kind == YAML_SCALAR) == (node->text != NULL));
    check(node->kind != YAML_SCALAR || node->first == NULL);
    struct error err;
    check(yaml_expect(file, node, node->kind, &err));
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        check((node->kind == YAML_MAP) == (child->key != NULL));
        if (child->key != NULL)
            check(yaml_get(node, child->key) == child); /* no key twice */
        check_node(file, child, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"name", "hosts", "vendor", NULL};
    if (size > SIZE_MOST)
        return 0;
    struct yaml_file file = {0};
    struct error err = {{0}};
    if (!yaml_parse(&file, "fuzz.yaml", (const char *)data, size, &err)) {
        check(file.root == NULL && strncmp(err.text, "fuzz.yaml:", 10) == 0);
        return 0;
    }
    check_node(&file, file.root, 0);
    (void)yaml_check_keys(&file, file.root, keys, &err);
    yaml_done(&file);
    return 0;
}
