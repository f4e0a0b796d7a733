/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool console_is_ours(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void console_raw(struct console *console)
{
    struct termios raw;

    if (!console_is_ours() || tcgetattr(STDIN_FILENO, &raw) < 0)
        return;
    if (!console->raw)
        console->saved = raw;
    cfmakeraw(&raw);
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0)
        console->raw = true;
}

void console_restore(struct console *console)
{
    if (console->raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &console->saved);
    console->raw = false;
}

void console_copy_size(int master)
{
    struct winsize size;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return;
    if (size.ws_row > 0 && size.ws_col > 0)
        ioctl(master, TIOCSWINSZ, &size);
}
