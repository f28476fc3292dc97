/* h5_reader.c - starts the process that reads a file, talks to it, and reports how it ended.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "h5/h5_errors.h"
#include "h5/h5_serve.h"

enum {
    SILENT_SECONDS = 300, /* for a child that is stopped; otherwise it limits its own time */
    NO_START = 3          /* exit status of a child that can't begin */
};

struct h5_reader {
    pid_t process; /* 0: it has ended, and exit_error says how */
    int channel;
    char path[FILE_PATH];
    struct lfads_error exit_error;
};

/* What fork_locked needs and returns. */
struct spawn_request {
    struct h5_source source;
    pid_t process;
};

/* Keeps only the file and the channel open, as 3 and 4. A lock of the parent must not live on in
 * the child. */
static bool keep_files(struct h5_source *source)
{
    int channel = fcntl(source->channel, F_DUPFD, 10), file = fcntl(source->file, F_DUPFD, 10);
    int null = open("/dev/null", O_RDWR);

    if (channel < 0 || file < 0 || null < 0)
        return false;
    dup2(null, 0);
    dup2(null, 1);
#ifndef H5_WATCHED
    dup2(null, 2);
#endif
    source->file = dup2(file, 3);
    source->channel = dup2(channel, 4);
    closefrom(5);
    return source->file >= 0 && source->channel >= 0;
}

/* The child's main function. It resets all signals to their defaults, but ignores those that a
 * terminal sends to the process group: the parent answers them. */
static void child_main(struct spawn_request *request)
{
    static const int parents[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++)
        signal(parents[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!keep_files(&request->source))
        _exit(NO_START);
    h5_serve(&request->source);
}

#ifdef LFADS_COVERAGE
void __gcov_dump(void);
#endif

/* Exits without the parent's exit handlers. */
static _Noreturn void child_exit(int status)
{
#ifdef LFADS_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}

/* libhdf5 calls this while the thread holds its lock. The child does not return. */
static herr_t fork_locked(hid_t list, const char *property, void *payload)
{
    struct spawn_request *request = payload;

    (void)list, (void)property;
    request->process = fork();
    if (request->process == 0) {
        child_main(request);
        child_exit(0);
    }
    return 1; /* stops the iteration over properties */
}

static enum lfads_status start(struct h5_reader *reader, int file, uint64_t bytes,
                               struct lfads_error *err)
{
    struct spawn_request request = {.source = {.file = file,
                                               .bytes = bytes,
                                               .path = reader->path,
                                               .memory = memory_available()},
                                    .process = -1};
    struct quiet quiet;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return lfads_fail(err, LFADS_IO, "can't start a process to read %s: %m", reader->path);
    reader->channel = ends[0];
    request.source.channel = ends[1];
    quiet_begin(&quiet);
    H5Piterate(H5P_FILE_ACCESS_DEFAULT, NULL, fork_locked, &request);
    quiet_end(&quiet, NULL);
    close(ends[1]);
    if (request.process < 0)
        return lfads_fail(err, LFADS_IO, "can't start a process to read %s: %m", reader->path);
    reader->process = request.process;
    return LFADS_OK;
}

/* Opens regular files only: they can be read at any offset, and opening a pipe would wait for its
 * writer. */
static enum lfads_status open_file(int *file, uint64_t *bytes, const char *path,
                                   struct lfads_error *err)
{
    struct stat info;

    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    if (fstat(*file, &info) == 0 && S_ISREG(info.st_mode)) {
        *bytes = (uint64_t)info.st_size;
        return LFADS_OK;
    }
    close(*file);
    return lfads_fail(err, LFADS_BAD_DATA, "%s is %s", path,
                      S_ISDIR(info.st_mode) ? "a directory: name a file in it" : "no regular file");
}

enum lfads_status h5_reader_open(struct h5_reader **out, const char *path, struct lfads_error *err)
{
    struct h5_reader *reader;
    struct h5_answer answer;
    uint64_t bytes = 0;
    int file;
    enum lfads_status status = open_file(&file, &bytes, path, err);

    *out = NULL;
    if (status != LFADS_OK)
        return status;
    reader = calloc(1, sizeof *reader);
    if (reader) {
        reader->channel = -1;
        snprintf(reader->path, sizeof reader->path, "%s", path);
        status = start(reader, file, bytes, err);
    } else {
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    }
    close(file);
    if (status == LFADS_OK)
        status = h5_reader_next(&answer, reader, err);
    if (status != LFADS_OK) {
        h5_reader_close(reader);
        return status;
    }
    *out = reader;
    return LFADS_OK;
}

/* Ends the process. Returns its status as waitpid does, or -1 if someone else collected it. */
static int end(struct h5_reader *reader, bool force)
{
    int status = -1;
    pid_t ended;

    if (reader->process <= 0)
        return -1;
    if (force)
        kill(reader->process, SIGKILL);
    do
        ended = waitpid(reader->process, &status, 0);
    while (ended < 0 && errno == EINTR);
    reader->process = 0;
    return ended < 0 ? -1 : status;
}

void h5_reader_close(struct h5_reader *reader)
{
    if (!reader)
        return;
    if (reader->channel >= 0)
        close(reader->channel);
    end(reader, true);
    free(reader);
}

/* The child has stopped answering. Records why, so that later requests get the same error. */
static enum lfads_status report_exit(struct h5_reader *reader, bool silent, struct lfads_error *err)
{
    struct lfads_error *exit_error = &reader->exit_error;
    int status = end(reader, silent), signal;

    signal = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (silent || signal == SIGXCPU)
        lfads_fail(exit_error, LFADS_BAD_DATA, "%s is damaged: reading it comes to no end",
                   reader->path);
    else if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == NO_START)
        lfads_fail(exit_error, LFADS_IO, "can't start a process to read %s", reader->path);
    else if (signal == SIGKILL)
        lfads_fail(exit_error, LFADS_NO_MEMORY,
                   "the process that read %s was killed: there may be too little memory for it",
                   reader->path);
    else if (status < 0)
        lfads_fail(exit_error, LFADS_IO,
                   "the process that read %s ended early, and how is not known: the program that "
                   "calls the library ignores SIGCHLD or collects all children",
                   reader->path);
    else
        lfads_fail(exit_error, LFADS_BAD_DATA, "%s is damaged: libhdf5 crashed when it read it%s%s",
                   reader->path, signal ? ": " : "", signal ? strsignal(signal) : "");
    return lfads_fail(err, exit_error->status, "%s", exit_error->text);
}

enum lfads_status h5_reader_take(void *payload, size_t bytes, struct h5_reader *reader,
                                 struct lfads_error *err)
{
    struct pollfd wait = {.fd = reader->channel, .events = POLLIN};
    char *at = payload;

    while (bytes > 0) {
        int ready = poll(&wait, 1, SILENT_SECONDS * 1000);
        ssize_t got = 0;

        if (ready == 0)
            return report_exit(reader, true, err);
        if (ready > 0)
            got = recv(reader->channel, at, bytes, MSG_DONTWAIT);
        if ((ready < 0 || got < 0) && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return report_exit(reader, false, err);
        at += got;
        bytes -= (size_t)got;
    }
    return LFADS_OK;
}

enum lfads_status h5_reader_next(struct h5_answer *answer, struct h5_reader *reader,
                                 struct lfads_error *err)
{
    enum lfads_status status = h5_reader_take(answer, sizeof *answer, reader, err);

    if (status != LFADS_OK || answer->status == LFADS_OK)
        return status;
    answer->text[sizeof answer->text - 1] = 0;
    return lfads_fail(err, answer->status == LFADS_NO_MEMORY ? LFADS_NO_MEMORY : LFADS_BAD_DATA,
                      "%s", answer->text);
}

enum lfads_status h5_reader_ask(struct h5_answer *answer, struct h5_reader *reader,
                                const struct h5_request *request, struct lfads_error *err)
{
    if (!reader)
        return lfads_fail(err, LFADS_BAD_DATA, "arrays in memory are numbers, and this is not");
    if (!reader->process)
        return lfads_fail(err, reader->exit_error.status, "%s", reader->exit_error.text);
    if (!h5_channel_send(reader->channel, request, sizeof *request))
        return report_exit(reader, false, err);
    return h5_reader_next(answer, reader, err);
}
