/* Lets a process run out of memory at a chosen request; loaded into it by LD_PRELOAD, for tests.
 *
 * getppid() is the switch: Python calls it as os.getppid() without asking for memory itself, and
 * the answer is a small number that Python keeps ready.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static volatile int on;
static const char *whose; /* part of the path of the library whose requests count */
static long left;         /* requests to be granted before one is refused */
static long lasting;      /* whether all that follow are refused too */
static long refused;

void starve_prepare(const char *part_of_path, long granted, long refuse_the_rest) {
    whose = part_of_path;
    left = granted;
    lasting = refuse_the_rest;
    refused = 0;
}

long starve_refused(void) { return refused; }

pid_t getppid(void) {
    on = !on;
    return 1;
}

static int refuse(const void *asked_from) {
    Dl_info asker;
    if (!on) return 0;
    if (!dladdr(asked_from, &asker) || !strstr(asker.dli_fname, whose)) return 0;
    if (left > 0) {
        left--;
        return 0;
    }
    if (refused && !lasting) return 0;
    refused++;
    errno = ENOMEM;
    return 1;
}

#define REFUSED refuse(__builtin_return_address(0))

void *malloc(size_t size) { return REFUSED ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return REFUSED ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return REFUSED ? NULL : __libc_realloc(old, size); }

static void *map(void *at, size_t size, int protection, int flags, int file, off_t offset) {
    return (void *)syscall(SYS_mmap, at, size, protection, flags, file, offset);
}

void *mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) {
    return REFUSED ? MAP_FAILED : map(at, size, protection, flags, file, offset);
}

/* the same, under the name that a module has for it which was built for large files */
void *mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset) {
    return REFUSED ? MAP_FAILED : map(at, size, protection, flags, file, offset);
}

void *mremap(void *old, size_t old_size, size_t size, int flags, ...) {
    va_list more;
    void *to;
    va_start(more, flags);
    to = flags & MREMAP_FIXED ? va_arg(more, void *) : NULL;
    va_end(more);
    return REFUSED ? MAP_FAILED : (void *)syscall(SYS_mremap, old, old_size, size, flags, to);
}
