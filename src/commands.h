/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The subcommands.  Each is given its own name as argv[0], prints its own help for --help, and returns an exit code
 * (exit.h). */
int command_replay(int argc, char **argv);
int command_sensor(int argc, char **argv);
int command_beacons(int argc, char **argv);
int command_signatures(int argc, char **argv);
int command_config(int argc, char **argv);
