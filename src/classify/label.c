/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to the label record: its release, and the name of the protocol for events. */
#include "classify/label.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *label_app_text(const struct label *label)
{
    switch (label->app) {
    case APP_DNS:
        return "dns";
    case APP_TLS:
        return "tls";
    case APP_QUIC:
        return "quic";
    case APP_HTTP:
        return "http";
    case APP_OTHER:
        if (label->app_text != NULL)
            return label->app_text;
        return label->stack != NULL ? label->stack : "failed";
    case APP_UNKNOWN:
    default:
        return "failed";
    }
}

void label_tls_done(struct label_tls *tls)
{
    for (unsigned i = 0; i < tls->alpn_count; i++)
        free(tls->alpn[i]);
    for (unsigned i = 0; i < tls->san_count; i++)
        free(tls->san[i]);
    free(tls->server_alpn);
    free(tls->subject);
    free(tls->issuer);
    free(tls->serial);
    memset(tls, 0, sizeof *tls);
}

void label_http_done(struct label_http *http)
{
    for (unsigned i = 0; i < http->header_count; i++)
        free(http->headers[i]);
    free(http->method);
    free(http->host);
    free(http->url);
    free(http->user_agent);
    free(http->content_type);
    free(http->server);
    memset(http, 0, sizeof *http);
}

void label_compact(struct label *label)
{
    if (label->tls != NULL)
        label_tls_done(label->tls);
    if (label->http != NULL)
        label_http_done(label->http);
    free(label->tls);
    free(label->http);
    label->tls = NULL;
    label->http = NULL;
}

void label_free(struct label *label)
{
    if (label == NULL)
        return;
    label_compact(label);
    free(label);
}

bool label_is_proxied(const struct label *label)
{
    const struct label_http *http = label->http;
    if (http == NULL || http->url == NULL)
        return false;
    return http->connect || strncasecmp(http->url, "http://", 7) == 0;
}
