/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of DNS messages: header, first question, and the answers that tie names to addresses.
 *
 *   0      2      4        6        8        10       12
 *   | id   | flags| qdcount| ancount| nscount| arcount| questions, answers, ...
 *
 * Idea: only what names an address is read (A, AAAA, CNAME, SVCB and HTTPS); every other record
 * is stepped over by its length.  Authority and additional records, and with them EDNS, are not
 * walked.
 * Invariants: (1) a compression pointer goes to a place before the run of labels that it ends,
 * so that the places fall strictly and every name ends; (2) of the result only the counts and
 * the first `answer_count` answers are written, since clearing the record would cost more than
 * reading the message; (3) a name is normalised or empty: a byte that no host name has, among
 * them a dot or colon inside a label, empties it, so that `www.good.example\.evil` cannot pass
 * for another name.
 * Rejected: libresolv's ns_parse (no bound that we could state on pointers, one pass for each
 * record).
 * Cost: 0.05 to 0.3 us a message, no allocation.
 * Source: RFC 1035 section 4, RFC 2181 section 8, RFC 6762 section 18, RFC 9460 section 2. */
#include "classify/dns.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

enum {
    HEADER_SIZE = 12,
    QUESTIONS_MAX = 64,    /* mDNS asks many at once; nothing else asks more than one */
    QUESTION_SIZE_MIN = 5, /* root name, type, class */
    RECORD_SIZE_MIN = 11,  /* root name, type, class, TTL, length */
    POINTERS_MAX = 64,
    LABELS_MAX = 256, /* twice what a legal name can have; bounds the walk over a hostile one */
    CLASS_IN = 1,
    CLASS_MASK = 0x7fff, /* without mDNS's unicast-answer and cache-flush bit */
    SVC_IPV4HINT = 4,
    SVC_IPV6HINT = 6
};

enum opcode {
    OPCODE_QUERY = 0,
    OPCODE_NOTIFY = 4,
    OPCODE_UPDATE = 5
};

/* A record of the answer section, its name not yet read. */
struct record {
    size_t owner; /* offset of the name */
    uint16_t type, class_of;
    uint32_t ttl_s;
    size_t data; /* offset of the record data */
    size_t data_size;
};

/* A name on its way into its text form. */
struct name_text {
    char *text; /* DOMAIN_MAX bytes */
    size_t length;
    bool bad;    /* not a host name */
    bool letter; /* something else than digits: no IP address */
};

static void name_add_label(struct name_text *name, const uint8_t *label, size_t size)
{
    size_t start = name->length > 0 ? name->length + 1 : 0;
    if (name->bad || start + size >= DOMAIN_MAX) {
        name->bad = true;
        return;
    }
    if (start > 0)
        name->text[start - 1] = '.';
    char *out = name->text + start;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = label[i];
        if (byte <= ' ' || byte >= 0x7f || byte == '.' || byte == ':')
            name->bad = true;
        if (byte >= 'A' && byte <= 'Z')
            byte |= 0x20;
        name->letter |= byte > '9' || byte < '0';
        out[i] = (char)byte;
    }
    name->length = start + size;
}

static void name_finish(struct name_text *name)
{
    if (name->bad)
        name->length = 0;
    name->text[name->length] = '\0';
    if (name->length > 0 && !name->letter) {
        char same[DOMAIN_MAX];
        if (domain_normalise(name->text, name->length, same) == 0)
            name->text[0] = '\0';
    }
}

/* Reads the name at offset `at` into `ret_name`, "" where it is no host name.
 * Returns the offset after the name, or 0 where it is broken or cut. */
static size_t name_read(struct bytes message, size_t at, char ret_name[static DOMAIN_MAX])
{
    ret_name[0] = '\0';
    struct name_text name = {.text = ret_name};
    size_t run = at; /* where the labels that are being read began */
    size_t after = 0;
    unsigned pointers = 0;
    unsigned labels = 0;
    struct bytes cursor = message;
    bytes_skip(&cursor, at);
    for (;;) {
        uint8_t size = bytes_u8(&cursor);
        if (cursor.bad)
            return 0;
        if (size == 0)
            break;
        if (size < 0x40) {
            const uint8_t *label = bytes_take(&cursor, size);
            if (label == NULL || ++labels > LABELS_MAX)
                return 0;
            name_add_label(&name, label, size);
            continue;
        }
        size_t target = (size_t)(size & 0x3f) << 8 | bytes_u8(&cursor);
        if (size < 0xc0 || cursor.bad || target < HEADER_SIZE || target >= run ||
            ++pointers > POINTERS_MAX)
            return 0;
        if (after == 0)
            after = (size_t)(cursor.at - message.at);
        run = target;
        cursor = message;
        bytes_skip(&cursor, target);
    }
    name_finish(&name);
    return after > 0 ? after : (size_t)(cursor.at - message.at);
}

/* As name_read() for the owner of an answer.  Nearly all of them are a pointer to the question's name, which has been read:
 * it stands first, so that no pointer can be in it. */
static size_t owner_read(struct bytes message, size_t at, const char *question,
                         char ret_name[static DOMAIN_MAX])
{
    struct bytes cursor = message;
    bytes_skip(&cursor, at);
    if (bytes_be16(&cursor) != (0xc000 | HEADER_SIZE) || at <= HEADER_SIZE || question[0] == '\0')
        return name_read(message, at, ret_name);
    memcpy(ret_name, question, strlen(question) + 1);
    return at + 2;
}

/* Steps over a name without following its pointer. */
static void name_skip(struct bytes *cursor)
{
    for (;;) {
        uint8_t size = bytes_u8(cursor);
        if (size == 0 || cursor->bad)
            return;
        if (size >= 0x40) {
            if (size < 0xc0)
                bytes_spoil(cursor);
            bytes_skip(cursor, 1);
            return;
        }
        bytes_skip(cursor, size);
    }
}

static struct dns_answer *answer_new(struct dns_message *message, uint16_t type, uint32_t ttl_s)
{
    if (message->answer_count == DNS_ANSWERS_MAX)
        return NULL;
    struct dns_answer *answer = &message->answers[message->answer_count];
    answer->type = type;
    /* RFC 2181 section 8: a TTL with the top bit set means zero. */
    answer->ttl_s = ttl_s > INT32_MAX ? 0 : ttl_s;
    answer->target[0] = '\0';
    return answer;
}

static bool add_address(struct bytes message, const struct record *record, const uint8_t *bytes,
                        bool six, struct dns_message *ret)
{
    struct dns_answer *answer = answer_new(ret, six ? DNS_TYPE_AAAA : DNS_TYPE_A, record->ttl_s);
    if (answer == NULL)
        return true;
    if (owner_read(message, record->owner, ret->question, answer->name) == 0)
        return false;
    answer->addr = six ? addr_from6(bytes) : addr_from4(bytes);
    ret->answer_count++;
    return true;
}

/* A record whose data holds a name at offset `at`, which must end at or before the record's end. */
static bool add_target(struct bytes message, const struct record *record, size_t at,
                       struct dns_message *ret)
{
    struct dns_answer *answer = answer_new(ret, record->type, record->ttl_s);
    if (answer == NULL)
        return true;
    size_t after = name_read(message, at, answer->target);
    if (after == 0 || after > record->data + record->data_size ||
        owner_read(message, record->owner, ret->question, answer->name) == 0)
        return false;
    answer->addr = (struct addr){{0}};
    if (answer->target[0] != '\0')
        ret->answer_count++;
    return true;
}

/* Adds the address hints of a service record in service form. */
static bool add_hints(struct bytes message, const struct record *record, struct bytes parameters,
                      struct dns_message *ret)
{
    while (bytes_left(&parameters) > 0) {
        uint16_t key = bytes_be16(&parameters);
        struct bytes value = bytes_slice(&parameters, bytes_be16(&parameters));
        if (parameters.bad)
            return false;
        if (key != SVC_IPV4HINT && key != SVC_IPV6HINT)
            continue;
        size_t size = key == SVC_IPV6HINT ? 16 : 4;
        if (bytes_left(&value) % size != 0)
            return false;
        while (bytes_left(&value) > 0)
            if (!add_address(message, record, bytes_take(&value, size), size == 16, ret))
                return false;
    }
    return true;
}

/* SVCB and HTTPS: priority, target name, parameters.  Priority 0 is the alias form. */
static bool add_service(struct bytes message, const struct record *record, struct dns_message *ret)
{
    struct bytes data = message;
    bytes_skip(&data, record->data);
    data = bytes_slice(&data, record->data_size);
    if (bytes_be16(&data) == 0 && !data.bad)
        return add_target(message, record, record->data + 2, ret);
    name_skip(&data);
    return !data.bad && add_hints(message, record, data, ret);
}

/* Returns false where the record's data contradicts its type. */
static bool add_record(struct bytes message, const struct record *record, struct dns_message *ret)
{
    if (record->class_of != CLASS_IN)
        return true;
    bool six = record->type == DNS_TYPE_AAAA;
    switch (record->type) {
    case DNS_TYPE_A:
    case DNS_TYPE_AAAA:
        if (record->data_size != (six ? 16 : 4))
            return false;
        return add_address(message, record, message.at + record->data, six, ret);
    case DNS_TYPE_CNAME:
        return add_target(message, record, record->data, ret);
    case DNS_TYPE_SVCB:
    case DNS_TYPE_HTTPS:
        return add_service(message, record, ret);
    default:
        return true;
    }
}

static void read_answers(struct bytes message, struct bytes cursor, struct dns_message *ret)
{
    for (unsigned i = 0; i < ret->answer_total; i++) {
        struct record record = {.owner = (size_t)(cursor.at - message.at)};
        name_skip(&cursor);
        record.type = bytes_be16(&cursor);
        record.class_of = bytes_be16(&cursor) & CLASS_MASK;
        record.ttl_s = bytes_be32(&cursor);
        record.data_size = bytes_be16(&cursor);
        record.data = (size_t)(cursor.at - message.at);
        bytes_skip(&cursor, record.data_size);
        if (cursor.bad) {
            ret->malformed = true;
            return;
        }
        if (!add_record(message, &record, ret))
            ret->malformed = true;
    }
}

/* Reads the questions and keeps the first.  False where that cannot be read. */
static bool read_questions(struct bytes message, struct bytes *cursor, struct dns_message *ret)
{
    if (ret->question_count == 0)
        return true;
    size_t after = name_read(message, HEADER_SIZE, ret->question);
    if (after == 0)
        return false;
    bytes_skip(cursor, after - HEADER_SIZE);
    ret->question_type = bytes_be16(cursor);
    ret->question_class = bytes_be16(cursor) & CLASS_MASK;
    if (cursor->bad)
        return false;
    for (unsigned i = 1; i < ret->question_count; i++) {
        name_skip(cursor);
        bytes_skip(cursor, 4);
    }
    return true;
}

/* Whether such a header can stand before a DNS message, cut by the capture or not. */
static bool header_plausible(const struct dns_message *message, unsigned flags, unsigned others)
{
    if (message->opcode != OPCODE_QUERY && message->opcode != OPCODE_NOTIFY &&
        message->opcode != OPCODE_UPDATE)
        return false;
    if ((flags & 0x0040) != 0 || message->question_count > QUESTIONS_MAX)
        return false;
    unsigned records = message->answer_total + others;
    if (HEADER_SIZE + message->question_count * QUESTION_SIZE_MIN + records * RECORD_SIZE_MIN >
        UINT16_MAX)
        return false;
    if (message->response)
        return message->question_count > 0 || message->answer_total > 0 || message->rcode != 0;
    return message->question_count > 0 && message->rcode == 0;
}

bool dns_parse(const uint8_t *data, size_t size, struct dns_message *ret_message)
{
    struct dns_message *ret = ret_message;
    struct bytes message = bytes_of(data, size);
    struct bytes cursor = message;
    ret->id = bytes_be16(&cursor);
    unsigned flags = bytes_be16(&cursor);
    ret->response = (flags & 0x8000) != 0;
    ret->opcode = flags >> 11 & 15;
    ret->authoritative = (flags & 0x0400) != 0;
    ret->truncated = (flags & 0x0200) != 0;
    ret->rcode = flags & 15;
    ret->question_count = bytes_be16(&cursor);
    ret->answer_total = bytes_be16(&cursor);
    unsigned others = bytes_be16(&cursor);
    others += bytes_be16(&cursor);
    ret->question_type = ret->question_class = 0;
    ret->question[0] = '\0';
    ret->answer_count = 0;
    ret->malformed = false;
    if (cursor.bad || !header_plausible(ret, flags, others) ||
        !read_questions(message, &cursor, ret))
        return false;
    if (cursor.bad)
        ret->malformed = true;
    else if (ret->opcode != OPCODE_UPDATE) /* whose "answers" are conditions */
        read_answers(message, cursor, ret);
    return true;
}

const char *dns_type_text(uint16_t type, char buffer[static 12])
{
    static const struct {
        uint16_t type;
        const char *text;
    } types[] = {{1, "A"},       {2, "NS"},     {5, "CNAME"},  {6, "SOA"},         {12, "PTR"},
                 {13, "HINFO"},  {15, "MX"},    {16, "TXT"},   {28, "AAAA"},       {29, "LOC"},
                 {33, "SRV"},    {35, "NAPTR"}, {39, "DNAME"}, {41, "OPT"},        {43, "DS"},
                 {44, "SSHFP"},  {46, "RRSIG"}, {47, "NSEC"},  {48, "DNSKEY"},     {50, "NSEC3"},
                 {52, "TLSA"},   {64, "SVCB"},  {65, "HTTPS"}, {99, "SPF"},        {249, "TKEY"},
                 {250, "TSIG"},  {251, "IXFR"}, {252, "AXFR"}, {255, "ANY"},       {256, "URI"},
                 {257, "CAA"},   {10, "NULL"},  {17, "RP"},    {51, "NSEC3PARAM"}, {59, "CDS"},
                 {60, "CDNSKEY"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].type == type)
            return types[i].text;
    (void)snprintf(buffer, 12, "TYPE%u", type);
    return buffer;
}

const char *dns_rcode_text(uint8_t rcode, char buffer[static 12])
{
    static const char *const texts[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                        "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                        "NXRRSET", "NOTAUTH", "NOTZONE"};
    if (rcode < sizeof texts / sizeof texts[0])
        return texts[rcode];
    (void)snprintf(buffer, 12, "RCODE%u", rcode);
    return buffer;
}

enum {
    RCODE_NXDOMAIN = 3,
    RCODE_REFUSED = 5
};

/* Not the rest of 127.0.0.0/8: reputation services answer from it. */
static bool leads_nowhere(const struct addr *addr)
{
    static const uint8_t nowhere4[][4] = {{0, 0, 0, 0}, {127, 0, 0, 1}};
    static const struct addr nowhere6[] = {{.bytes = {0}}, {.bytes = {[15] = 1}}};
    for (size_t i = 0; i < COUNT_OF(nowhere4); i++) {
        struct addr nowhere = addr_from4(nowhere4[i]);
        if (addr_equal(addr, &nowhere) || addr_equal(addr, &nowhere6[i]))
            return true;
    }
    return false;
}

bool dns_refused(const struct dns_message *message)
{
    if (message->rcode == RCODE_NXDOMAIN || message->rcode == RCODE_REFUSED)
        return true;
    if (message->rcode != 0 || message->question_type != DNS_TYPE_A)
        return false; /* machines without IPv6 have no AAAA: that refuses nothing */
    for (unsigned i = 0; i < message->answer_count; i++) {
        const struct dns_answer *answer = &message->answers[i];
        bool address = answer->type == DNS_TYPE_A || answer->type == DNS_TYPE_AAAA;
        if (address && !leads_nowhere(&answer->addr))
            return false;
    }
    return message->answer_total == message->answer_count && !message->truncated;
}
