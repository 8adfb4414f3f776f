/* Shows programs another time than the machine's: preloaded by /etc/ld.so.preload inside a mount
 * namespace. OFFSET_FILE holds one 64-bit number, seconds to add. Programs with one of EXEMPT on
 * their command line see the true time: the simulator, whose answers carry the true Date. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *EXEMPT[] = {"belib_weather.simulator", "belib_weather_tests.chaos"};
static volatile int64_t *offset;
static int (*true_clock)(clockid_t, struct timespec *);

static int is_exempt(void) {
    char line[65536];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, line, sizeof line);
    if (file >= 0) close(file);
    for (size_t i = 0; length > 0 && i < sizeof EXEMPT / sizeof *EXEMPT; i++)
        if (memmem(line, length, EXEMPT[i], strlen(EXEMPT[i]))) return 1;
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    true_clock = dlsym(RTLD_NEXT, "clock_gettime");
    if (is_exempt()) return;
    int file = open(OFFSET_FILE, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) offset = page;
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int failed = true_clock ? true_clock(id, now) : (int)syscall(SYS_clock_gettime, id, now);
    if (!failed && offset && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        now->tv_sec += *offset;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec at;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &at)) return -1;
    now->tv_sec = at.tv_sec;
    now->tv_usec = at.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *stored) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (stored) *stored = at.tv_sec;
    return at.tv_sec;
}
