/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick of the packet path: libpcap's own loop over a file, as it comes.  It touches each packet's first byte, so
 * that nothing can be left out, and prints how many there were. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char problem[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header = NULL;
    const u_char *data = NULL;
    uint64_t packets = 0;
    uint64_t sum = 0;
    if (argc != 2) {
        (void)fputs("usage: pcaploop FILE\n", stderr);
        return 2;
    }
    pcap_t *pcap = pcap_open_offline(argv[1], problem);
    if (pcap == NULL) {
        (void)fprintf(stderr, "pcaploop: %s\n", problem);
        return 2;
    }
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        packets++;
        sum += header->caplen > 0 ? data[0] : 0;
    }
    pcap_close(pcap);
    (void)printf("%llu packets, %llu\n", (unsigned long long)packets, (unsigned long long)sum);
    return 0;
}
