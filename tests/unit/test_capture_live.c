/* SPDX-License-Identifier: Apache-2.0 */
/* Live capture on the loopback interface, where the test may capture at all; else that the reason is
 * told.  Only a datagram from this process to itself is looked for. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "capture/capture.h"
#include "capture/frame.h"
#include "run.h"

static const char payload[] = "telltale capture test 7c1f";

/* Returns a capture of the datagrams on the loopback interface, or NULL without permission. */
static struct capture *open_loopback(int64_t timeout_ns)
{
    struct capture_options options = {
        .filter = "udp", .timeout_ns = timeout_ns, .buffer_bytes = 1 << 20};
    struct error err = {""};
    struct capture *capture = capture_open_live("lo", &options, &err);
    if (capture == NULL)
        ck_assert_ptr_nonnull(strstr(err.text, "lo: "));
    return capture;
}

static void send_datagram(void)
{
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(descriptor, 0);
    struct sockaddr_in self = {.sin_family = AF_INET};
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof self;
    ck_assert_int_eq(bind(descriptor, (struct sockaddr *)&self, size), 0);
    ck_assert_int_eq(getsockname(descriptor, (struct sockaddr *)&self, &size), 0);
    ck_assert_int_eq(sendto(descriptor, payload, sizeof payload, 0, (struct sockaddr *)&self, size),
                     sizeof payload);
    (void)close(descriptor);
}

START_TEST(a_frame_on_the_wire_is_read)
{
    struct capture *capture = open_loopback(0);
    if (capture == NULL)
        return;
    send_datagram();
    bool found = false;
    struct frame frame;
    uint64_t number = 0;
    for (int i = 0; i < 50 && !found; i++) {
        if (capture_next(capture, &frame) != CAPTURE_FRAME)
            continue;
        ck_assert_uint_eq(frame.number, ++number);
        ck_assert_uint_eq(frame.link_type, LINK_ETHERNET);
        ck_assert(!frame.idle);
        ck_assert_int_gt(frame.ts_ns, INT64_C(1500000000000000000));
        found = memmem(frame.data, frame.captured, payload, sizeof payload) != NULL;
    }
    ck_assert(found);
    struct capture_counters counters;
    capture_counters(capture, &counters);
    ck_assert_uint_ge(counters.kernel_received, 1);
    ck_assert_uint_eq(counters.frames, number);
    capture_close(capture);
}
END_TEST

START_TEST(a_quiet_line_gives_idle_frames_and_a_break_ends_it)
{
    struct capture *capture = open_loopback(INT64_C(20000000));
    if (capture == NULL)
        return;
    struct frame frame = {0};
    enum capture_status status = CAPTURE_FRAME;
    for (int i = 0; i < 1000 && status != CAPTURE_IDLE; i++)
        status = capture_next(capture, &frame);
    ck_assert_int_eq(status, CAPTURE_IDLE);
    ck_assert(frame.idle);
    ck_assert_int_gt(frame.ts_ns, INT64_C(1500000000000000000));
    capture_break(capture);
    ck_assert_int_eq(capture_next(capture, &frame), CAPTURE_END);
    ck_assert_int_eq(capture_result(capture), CAPTURE_OK);
    capture_close(capture);
}
END_TEST

START_TEST(a_missing_interface_is_told)
{
    struct capture_options options = {0};
    struct error err = {""};
    ck_assert_ptr_null(capture_open_live("nosuch0", &options, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "nosuch0: "));
}
END_TEST

START_TEST(a_wrong_filter_is_told_with_its_column)
{
    struct capture *capture = open_loopback(0);
    if (capture == NULL)
        return;
    capture_close(capture);
    struct capture_options options = {.filter = "tcp and prot 80"};
    struct error err = {""};
    ck_assert_ptr_null(capture_open_live("lo", &options, &err));
    ck_assert_str_eq(err.text,
                     "-f: column 9: 'prot' is wrong here: syntax error in \"tcp and prot 80\"");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_frame_on_the_wire_is_read, a_quiet_line_gives_idle_frames_and_a_break_ends_it,
        a_missing_interface_is_told, a_wrong_filter_is_told_with_its_column, NULL};
    return run_suite(suite_of("capture_live", tests));
}
