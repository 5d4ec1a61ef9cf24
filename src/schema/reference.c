/*
 * reference: from the text of a `$ref` to the schema it means.
 *
 * The URI finds a resource, the fragment a place in it: a JSON Pointer from the
 * resource's root, or an anchor. A pointer may cross into an embedded resource,
 * whose `$id` then is the base of what is found.
 */
#include "schema/registry.h"
#include "schema/uri.h"

static struct schema_resource *document_resource(struct schema_registry *registry,
                                                 struct schema_document *document)
{
    if (document->is_schema && registry_site(registry, document->root) == NULL)
        registry_index(registry, document->root, document->resource);
    return document->resource;
}

static struct schema_resource *known_resource(struct schema_registry *registry, struct str uri)
{
    struct schema_resource *resource = map_get(&registry->resources_by_uri, uri);
    if (resource != NULL && resource->document->is_schema)
        document_resource(registry, resource->document);
    return resource;
}

static struct schema_resource *open_resource(struct schema_registry *registry,
                                             const struct schema_resource *from,
                                             const struct json_node *reference, struct str uri,
                                             struct diags *diags)
{
    const struct schema_resolver *resolver = &registry->options.resolver;
    if (resolver->open == NULL)
        return NULL;
    struct str name = uri;
    const struct json_node *root =
        resolver->open(resolver->context, from->document->uri, uri_split(json_text(reference)).uri,
                       uri, json_place(reference), &name, diags);
    if (root == NULL)
        return NULL;
    struct schema_document *document = map_get(&registry->documents_by_uri, name);
    if (document == NULL)
        document = registry_add_document(registry, name, root, false);
    if (registry->dynamic_anchors != NULL)
        registry_index_all(registry); /* so that no anchor is found only later */
    return document->resource;
}

/*
 * The resource of an absolute URI: one that is known, a built-in metaschema,
 * one that hides in a document nobody has walked yet, or one that the resolver
 * finds.
 */
static struct schema_resource *find_resource(struct schema_registry *registry,
                                             const struct schema_resource *from,
                                             const struct json_node *reference, struct str uri,
                                             struct diags *diags)
{
    struct schema_resource *resource = known_resource(registry, uri);
    if (resource != NULL)
        return resource;
    struct schema_document *document = registry_document(registry, uri);
    if (document != NULL)
        return document_resource(registry, document);
    registry_index_all(registry);
    resource = known_resource(registry, uri);
    if (resource != NULL)
        return resource;
    return open_resource(registry, from, reference, uri, diags);
}

static bool follow_pointer(struct schema_registry *registry, struct str pointer,
                           struct schema_target *target)
{
    struct str whole = pointer;
    const struct json_node *known = map_get(&target->resource->pointers, whole);
    if (known != NULL) {
        target->node = known;
        return true;
    }
    struct map *pointers = &target->resource->pointers;
    while (pointer.len > 0) {
        size_t end = 1 + str_find_char(str_after(pointer, 1), '/');
        target->node = json_index_find(&registry->index, target->node, str_make(pointer.data, end));
        if (target->node == NULL)
            return false;
        const struct schema_site *site = registry_site(registry, target->node);
        if (site != NULL)
            target->resource = site->resource;
        pointer = str_after(pointer, end);
    }
    map_put(pointers, whole, json_from_cjson(&target->node->c));
    return true;
}

static bool follow_anchor(struct schema_registry *registry, struct str name,
                          struct schema_target *target)
{
    target->anchor = map_get(&target->resource->anchors, name);
    if (target->anchor == NULL) {
        registry_index_all(registry);
        target->anchor = map_get(&target->resource->anchors, name);
    }
    if (target->anchor == NULL)
        return false;
    target->node = target->anchor->node;
    return true;
}

static void report_unknown_document(const struct json_node *reference, struct str uri,
                                    struct diags *diags)
{
    diag_error(diags, json_place(reference),
               "nothing is fetched from the network: register the document, or map its URL to a "
               "file",
               "no document is known as %.*s", (int)uri.len, uri.data);
}

static void report_nowhere(const struct json_node *reference,
                           const struct schema_resource *resource, struct str fragment,
                           struct diags *diags)
{
    bool pointer = fragment.len > 0 && fragment.data[0] == '/';
    diag_error(diags, json_place(reference),
               pointer ? "a JSON Pointer starts at the root of the document, or of the nearest "
                         "schema with an $id"
                       : "a fragment without / names an $anchor or a $dynamicAnchor",
               pointer ? "the reference leads nowhere: there is no %.*s in %.*s"
                       : "the reference leads nowhere: there is no anchor %.*s in %.*s",
               (int)fragment.len, fragment.data, (int)resource->uri.len, resource->uri.data);
}

bool reference_follow(struct schema_registry *registry, struct schema_resource *from,
                      const struct json_node *reference, struct schema_target *target,
                      struct diags *diags)
{
    struct uri_reference parts = uri_split(json_text(reference));
    struct str uri = uri_resolve(&registry->arena, from->uri, parts.uri);
    size_t errors = diags->errors;
    struct schema_resource *resource = from;
    if (!str_equal(uri, from->uri))
        resource = find_resource(registry, from, reference, uri, diags);
    if (resource == NULL) {
        if (diags->errors == errors)
            report_unknown_document(reference, uri, diags);
        return false;
    }
    *target = (struct schema_target){.node = resource->root, .resource = resource};
    struct str fragment = uri_decode(&registry->arena, parts.fragment);
    bool found =
        fragment.len == 0 || (fragment.data[0] == '/' ? follow_pointer(registry, fragment, target)
                                                      : follow_anchor(registry, fragment, target));
    if (!found) {
        report_nowhere(reference, resource, fragment, diags);
        return false;
    }
    const struct schema_site *site = registry_site(registry, target->node);
    if (site == NULL)
        site = registry_index(registry, target->node, target->resource);
    target->resource = site->resource;
    return true;
}
