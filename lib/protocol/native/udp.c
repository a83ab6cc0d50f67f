/*
 * Datagrams in batches: recvmmsg and sendmmsg behind N-API, woken by the event loop of the thread
 * that opened the socket. It knows nothing of SIP or RTP; addon.ts tells what each function means.
 * Nothing is allocated per packet; every array is bounded by MAX_BATCH.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NAPI_VERSION 8
#include <node_api.h>

/* What addon.ts expects; raised whenever a function or the layout below changes. */
#define ABI 3
#define MAX_BATCH 64
/* Of a group: members, and packets that one call moves. */
#define MAX_MEMBERS 65536
#define MAX_GROUP_BATCH 256

/* One packet's entry in the metadata array, in 32-bit words. */
enum { OFFSET, LENGTH, PORT, FAMILY, ADDRESS, SCOPE = ADDRESS + 4, WAITED, WORDS };
/* Of a packet of a group: which socket. No group is timed. */
enum { MEMBER = WAITED };

/*
 * The part of libuv that is used, whose headers are not among Node's: stable since libuv 1.0 and
 * exported by every node binary. A handle's first field is its user's data.
 */
typedef struct uv_loop_s uv_loop_t;
typedef void (*uv_poll_cb)(void *handle, int status, int events);
typedef void (*uv_close_cb)(void *handle);
extern size_t uv_handle_size(int type);
extern int uv_poll_init(uv_loop_t *loop, void *handle, int fd);
extern int uv_poll_start(void *handle, int events, uv_poll_cb callback);
extern int uv_poll_stop(void *handle);
extern void uv_close(void *handle, uv_close_cb callback);
#define UV_POLL 8
#define EVENTS 3 /* UV_READABLE | UV_WRITABLE */

typedef struct udp_socket udp_socket;
struct udp_socket {
  napi_env env;
  int fd; /* of a group: an epoll descriptor, readable while a member is */
  int is_timed; /* the kernel says when it took each packet */
  void *poll; /* NULL before watch and after close */
  napi_ref on_event;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  int is_collected; /* its JavaScript owner is gone: the last one out frees it */
  udp_socket *group; /* NULL: it is alone */
  uint32_t member;   /* its number in the group */
  udp_socket **members; /* a group's own, by number; NULL for what is no group */
};

static napi_value throw_errno(napi_env env, const char *what, int code) {
  char text[128];
  snprintf(text, sizeof text, "%s: %s", what, strerror(code));
  const char *name = code == EADDRINUSE      ? "EADDRINUSE"
                     : code == EADDRNOTAVAIL ? "EADDRNOTAVAIL"
                     : code == EACCES        ? "EACCES"
                                             : "ERR_UDP_NATIVE";
  napi_throw_error(env, name, text);
  return NULL;
}

static napi_value throw_usage(napi_env env, const char *text) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", text);
  return NULL;
}

static napi_value number(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

/* Neither points to the other any more. */
static void part(udp_socket *udp) {
  if (udp->group != NULL) udp->group->members[udp->member] = NULL;
  udp->group = NULL;
  for (uint32_t i = 0; udp->members != NULL && i < MAX_MEMBERS; i += 1) {
    if (udp->members[i] != NULL) udp->members[i]->group = NULL;
  }
  free(udp->members);
  udp->members = NULL;
}

static void close_fd(udp_socket *udp) {
  part(udp);
  /* A descriptor that is closed is no longer its epoll's. */
  if (udp->fd >= 0) close(udp->fd);
  udp->fd = -1;
}

/* The handle may only be freed once libuv has let it go. */
static void on_closed(void *handle) {
  udp_socket *udp = *(udp_socket **)handle;
  free(handle);
  if (udp->cleanup != NULL) {
    napi_remove_async_cleanup_hook(udp->cleanup);
    udp->cleanup = NULL;
  }
  if (udp->is_collected) free(udp);
  else udp->poll = NULL;
}

/* Ends watching and closes the descriptor; twice is as good as once. */
static void shut(udp_socket *udp) {
  if (udp->fd < 0) return;
  if (udp->poll != NULL) {
    uv_poll_stop(udp->poll);
    napi_delete_reference(udp->env, udp->on_event);
    napi_async_destroy(udp->env, udp->context);
    close_fd(udp);
    uv_close(udp->poll, on_closed);
    return;
  }
  close_fd(udp);
}

/* The environment (the process, or a worker thread) ends with the socket open. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  shut(data);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  udp_socket *udp = data;
  udp->is_collected = 1;
  void *poll = udp->poll;
  shut(udp);
  if (poll == NULL) free(udp);
}

static udp_socket *socket_of(napi_env env, napi_value value) {
  void *data = NULL;
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external) return NULL;
  return napi_get_value_external(env, value, &data) == napi_ok ? data : NULL;
}

/* Reads an address in its usual spelling, an IPv6 one with %scope or without. */
static int parse_address(const char *text, int32_t *entry) {
  char copy[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
  struct in_addr v4;
  struct in6_addr v6;
  memset(entry + FAMILY, 0, (WORDS - FAMILY) * sizeof(int32_t));
  if (inet_pton(AF_INET, text, &v4) == 1) {
    entry[FAMILY] = 4;
    memcpy(entry + ADDRESS, &v4, sizeof v4);
    return 1;
  }
  if (strlen(text) >= sizeof copy) return 0;
  strcpy(copy, text);
  char *scope = strchr(copy, '%');
  if (scope != NULL) {
    *scope = '\0';
    unsigned index = if_nametoindex(scope + 1);
    entry[SCOPE] = (int32_t)(index != 0 ? index : (unsigned)strtoul(scope + 1, NULL, 10));
  }
  if (inet_pton(AF_INET6, copy, &v6) != 1) return 0;
  entry[FAMILY] = 6;
  memcpy(entry + ADDRESS, &v6, sizeof v6);
  return 1;
}

static socklen_t to_sockaddr(const int32_t *entry, struct sockaddr_in6 *out) {
  if (entry[FAMILY] == 4) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    memset(v4, 0, sizeof *v4);
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)entry[PORT]);
    memcpy(&v4->sin_addr, entry + ADDRESS, sizeof v4->sin_addr);
    return sizeof *v4;
  }
  memset(out, 0, sizeof *out);
  out->sin6_family = AF_INET6;
  out->sin6_port = htons((uint16_t)entry[PORT]);
  out->sin6_scope_id = (uint32_t)entry[SCOPE];
  memcpy(&out->sin6_addr, entry + ADDRESS, sizeof out->sin6_addr);
  return sizeof *out;
}

static void from_sockaddr(const struct sockaddr_in6 *from, int32_t *entry) {
  if (from->sin6_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    entry[PORT] = ntohs(v4->sin_port);
    entry[FAMILY] = 4;
    memcpy(entry + ADDRESS, &v4->sin_addr, sizeof v4->sin_addr);
    entry[SCOPE] = 0;
    return;
  }
  entry[PORT] = ntohs(from->sin6_port);
  entry[FAMILY] = 6;
  memcpy(entry + ADDRESS, &from->sin6_addr, sizeof from->sin6_addr);
  entry[SCOPE] = (int32_t)from->sin6_scope_id;
}

/* A Uint8Array's or Int32Array's memory; bytes is its length. */
static void *memory_of(napi_env env, napi_value value, napi_typedarray_type wanted, size_t *bytes) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok) return NULL;
  if (type != wanted) return NULL;
  *bytes = type == napi_int32_array ? length * sizeof(int32_t) : length;
  return data;
}

/* resolve(text, entry: Int32Array): whether it is an address; fills family, address and scope. */
static napi_value resolve(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2, bytes = 0, length = 0;
  char text[128];
  napi_value result = NULL;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  int32_t *entry = memory_of(env, argv[1], napi_int32_array, &bytes);
  if (entry == NULL || bytes < WORDS * sizeof(int32_t)) return throw_usage(env, "entry");
  if (napi_get_value_string_utf8(env, argv[0], text, sizeof text, &length) != napi_ok) {
    return throw_usage(env, "address");
  }
  napi_get_boolean(env, parse_address(text, entry) == 1, &result);
  return result;
}

/* format(meta: Int32Array, index): the address of an entry as text. */
static napi_value format(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2, bytes = 0;
  uint32_t index = 0;
  char text[INET6_ADDRSTRLEN + 16];
  napi_value result = NULL;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  int32_t *meta = memory_of(env, argv[0], napi_int32_array, &bytes);
  if (meta == NULL || napi_get_value_uint32(env, argv[1], &index) != napi_ok) {
    return throw_usage(env, "meta");
  }
  if (((size_t)index + 1) * WORDS * sizeof(int32_t) > bytes) return throw_usage(env, "index");
  const int32_t *entry = meta + (size_t)index * WORDS;
  inet_ntop(entry[FAMILY] == 4 ? AF_INET : AF_INET6, entry + ADDRESS, text, INET6_ADDRSTRLEN);
  if (entry[SCOPE] != 0) {
    size_t at = strlen(text);
    snprintf(text + at, sizeof text - at, "%%%u", (unsigned)entry[SCOPE]);
  }
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

/* The JavaScript side of a descriptor. */
static napi_value own(napi_env env, int fd, udp_socket **members, int is_timed) {
  napi_value result = NULL;
  udp_socket *udp = calloc(1, sizeof *udp);
  if (udp == NULL) {
    close(fd);
    free(members);
    return throw_errno(env, "calloc", ENOMEM);
  }
  udp->env = env;
  udp->fd = fd;
  udp->members = members;
  udp->is_timed = is_timed;
  if (napi_create_external(env, udp, finalize, NULL, &result) != napi_ok) {
    close_fd(udp);
    free(udp);
    return throw_errno(env, "external", ENOMEM);
  }
  return result;
}

/*
 * open(address, port, bufferBytes, isTimed, isDual): a bound, non-blocking socket. bufferBytes 0:
 * the system's own; isDual: an IPv6 one speaks IPv4 too. Throws with a system code.
 */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value argv[5];
  size_t argc = 5, length = 0;
  uint32_t port = 0, buffer = 0;
  bool is_timed = false, is_dual = false;
  char text[128];
  int32_t entry[WORDS];
  struct sockaddr_in6 address;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (napi_get_value_string_utf8(env, argv[0], text, sizeof text, &length) != napi_ok ||
      napi_get_value_uint32(env, argv[1], &port) != napi_ok || port > 65535 ||
      napi_get_value_uint32(env, argv[2], &buffer) != napi_ok ||
      napi_get_value_bool(env, argv[3], &is_timed) != napi_ok ||
      napi_get_value_bool(env, argv[4], &is_dual) != napi_ok || !parse_address(text, entry)) {
    return throw_usage(env, "address, port, bufferBytes, isTimed, isDual");
  }
  entry[PORT] = (int32_t)port;
  int family = entry[FAMILY] == 4 ? AF_INET : AF_INET6;
  int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_errno(env, "socket", errno);
  int size = (int)buffer;
  if (size > 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  int timed = 1;
  if (is_timed) setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &timed, sizeof timed);
  /* Where each family has a socket of its own no address comes as IPv4 written inside IPv6. */
  int only = is_dual ? 0 : 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  socklen_t address_length = to_sockaddr(entry, &address);
  if (bind(fd, (struct sockaddr *)&address, address_length) < 0) {
    int code = errno;
    close(fd);
    return throw_errno(env, "bind", code);
  }
  return own(env, fd, NULL, is_timed);
}

/* portOf(socket): what it is bound to. */
static napi_value port_of(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  struct sockaddr_in6 address;
  socklen_t length = sizeof address;
  int32_t entry[WORDS];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  if (udp == NULL) return throw_usage(env, "socket");
  if (getsockname(udp->fd, (struct sockaddr *)&address, &length) < 0) {
    return throw_errno(env, "getsockname", errno);
  }
  from_sockaddr(&address, entry);
  return number(env, entry[PORT]);
}

static void on_poll(void *handle, int status, int events) {
  udp_socket *udp = *(udp_socket **)handle;
  napi_handle_scope scope;
  napi_value callback, global, argument, result;
  if (udp->fd < 0 || napi_open_handle_scope(udp->env, &scope) != napi_ok) return;
  /* An error is found by the next receive, which reports and clears it. */
  int32_t told = status < 0 ? EVENTS : events;
  if (napi_get_reference_value(udp->env, udp->on_event, &callback) == napi_ok &&
      napi_get_global(udp->env, &global) == napi_ok &&
      napi_create_int32(udp->env, told, &argument) == napi_ok) {
    napi_env env = udp->env;
    napi_make_callback(env, udp->context, global, callback, 1, &argument, &result);
    /* What the callback threw is the process's business, as with any event. */
    bool is_pending = false;
    if (napi_is_exception_pending(env, &is_pending) == napi_ok && is_pending) {
      napi_value error;
      if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
    }
    napi_close_handle_scope(env, scope);
    return;
  }
  napi_close_handle_scope(udp->env, scope);
}

/* watch(socket, events, callback): callback(events) when readable (1) or writable (2). Once. */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value argv[3], name;
  size_t argc = 3;
  int32_t events = 0;
  uv_loop_t *loop = NULL;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  if (udp == NULL || udp->fd < 0 || udp->poll != NULL) return throw_usage(env, "socket");
  napi_valuetype type;
  if (napi_get_value_int32(env, argv[1], &events) != napi_ok) return throw_usage(env, "events");
  if (napi_typeof(env, argv[2], &type) != napi_ok || type != napi_function) {
    return throw_usage(env, "callback");
  }
  if (napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop) != napi_ok) {
    return throw_usage(env, "event loop");
  }
  void *poll = calloc(1, uv_handle_size(UV_POLL));
  if (poll == NULL) return throw_errno(env, "calloc", ENOMEM);
  int failed = uv_poll_init(loop, poll, udp->fd);
  if (failed) {
    free(poll);
    return throw_errno(env, "uv_poll_init", -failed);
  }
  *(udp_socket **)poll = udp;
  napi_create_string_utf8(env, "UdpBatch", NAPI_AUTO_LENGTH, &name);
  napi_create_reference(env, argv[2], 1, &udp->on_event);
  napi_async_init(env, NULL, name, &udp->context);
  napi_add_async_cleanup_hook(env, on_environment_end, udp, &udp->cleanup);
  udp->poll = poll;
  uv_poll_start(poll, events & EVENTS, on_poll);
  return NULL;
}

/* rearm(socket, events): what to be woken for from now on. */
static napi_value rearm(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  int32_t events = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  if (udp == NULL || napi_get_value_int32(env, argv[1], &events) != napi_ok) {
    return throw_usage(env, "socket, events");
  }
  if (udp->fd >= 0 && udp->poll != NULL) uv_poll_start(udp->poll, events & EVENTS, on_poll);
  return NULL;
}

/* Room for the one control message that is asked for. */
typedef union {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(struct timespec))];
} stamp_room;

/* Microseconds between the kernel's taking a packet and now; 0 where it did not say. */
static int32_t waited_micros(struct msghdr *message, const struct timespec *now) {
  struct cmsghdr *control = CMSG_FIRSTHDR(message);
  struct timespec taken;
  if (control == NULL || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) {
    return 0;
  }
  memcpy(&taken, CMSG_DATA(control), sizeof taken);
  int64_t micros = (int64_t)(now->tv_sec - taken.tv_sec) * 1000000 + (now->tv_nsec - taken.tv_nsec) / 1000;
  /* The clock may have been set meanwhile. */
  return micros < 0 ? 0 : micros > INT32_MAX ? INT32_MAX : (int32_t)micros;
}

/*
 * receive(socket, slab, meta, slotBytes): packets that were waiting, each in a slot of its own; 0
 * when none was, a negative errno otherwise. A packet longer than its slot has length -1.
 */
static napi_value receive(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  size_t argc = 4, slab_bytes = 0, meta_bytes = 0;
  uint32_t slot = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  uint8_t *slab = memory_of(env, argv[1], napi_uint8_array, &slab_bytes);
  int32_t *meta = memory_of(env, argv[2], napi_int32_array, &meta_bytes);
  if (udp == NULL || slab == NULL || meta == NULL ||
      napi_get_value_uint32(env, argv[3], &slot) != napi_ok || slot == 0) {
    return throw_usage(env, "socket, slab, meta, slotBytes");
  }
  size_t room = slab_bytes / slot, entries = meta_bytes / (WORDS * sizeof(int32_t));
  unsigned batch = (unsigned)(room < entries ? room : entries);
  if (batch > MAX_BATCH) batch = MAX_BATCH;
  struct mmsghdr messages[MAX_BATCH];
  struct iovec vectors[MAX_BATCH];
  struct sockaddr_in6 peers[MAX_BATCH];
  stamp_room stamps[MAX_BATCH];
  for (unsigned i = 0; i < batch; i += 1) {
    vectors[i].iov_base = slab + (size_t)i * slot;
    vectors[i].iov_len = slot;
    memset(&messages[i].msg_hdr, 0, sizeof messages[i].msg_hdr);
    messages[i].msg_hdr.msg_name = &peers[i];
    messages[i].msg_hdr.msg_namelen = sizeof peers[i];
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    if (!udp->is_timed) continue;
    messages[i].msg_hdr.msg_control = &stamps[i];
    messages[i].msg_hdr.msg_controllen = sizeof stamps[i];
  }
  int count;
  do count = recvmmsg(udp->fd, messages, batch, MSG_DONTWAIT, NULL);
  while (count < 0 && errno == EINTR);
  if (count < 0) return number(env, errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno);
  struct timespec now = {0, 0};
  if (udp->is_timed) clock_gettime(CLOCK_REALTIME, &now);
  for (int i = 0; i < count; i += 1) {
    int32_t *entry = meta + (size_t)i * WORDS;
    entry[WAITED] = udp->is_timed ? waited_micros(&messages[i].msg_hdr, &now) : 0;
    entry[OFFSET] = (int32_t)((size_t)i * slot);
    entry[LENGTH] = messages[i].msg_hdr.msg_flags & MSG_TRUNC ? -1 : (int32_t)messages[i].msg_len;
    from_sockaddr(&peers[i], entry);
  }
  return number(env, count);
}

/*
 * send(socket, slab, meta, first, count): how many packets from `first` on went out; a negative
 * errno when the very first did not (EAGAIN: the kernel's buffer is full).
 */
static napi_value send_batch(napi_env env, napi_callback_info info) {
  napi_value argv[5];
  size_t argc = 5, slab_bytes = 0, meta_bytes = 0;
  uint32_t first = 0, count = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  uint8_t *slab = memory_of(env, argv[1], napi_uint8_array, &slab_bytes);
  int32_t *meta = memory_of(env, argv[2], napi_int32_array, &meta_bytes);
  if (udp == NULL || slab == NULL || meta == NULL ||
      napi_get_value_uint32(env, argv[3], &first) != napi_ok ||
      napi_get_value_uint32(env, argv[4], &count) != napi_ok) {
    return throw_usage(env, "socket, slab, meta, first, count");
  }
  if (count > MAX_BATCH) count = MAX_BATCH;
  if (((size_t)first + count) * WORDS * sizeof(int32_t) > meta_bytes) return throw_usage(env, "count");
  struct mmsghdr messages[MAX_BATCH];
  struct iovec vectors[MAX_BATCH];
  struct sockaddr_in6 peers[MAX_BATCH];
  for (unsigned i = 0; i < count; i += 1) {
    const int32_t *entry = meta + ((size_t)first + i) * WORDS;
    size_t offset = (uint32_t)entry[OFFSET], length = (uint32_t)entry[LENGTH];
    if (offset + length > slab_bytes) return throw_usage(env, "an entry points outside the slab");
    vectors[i].iov_base = slab + offset;
    vectors[i].iov_len = length;
    memset(&messages[i].msg_hdr, 0, sizeof messages[i].msg_hdr);
    messages[i].msg_hdr.msg_name = &peers[i];
    messages[i].msg_hdr.msg_namelen = to_sockaddr(entry, &peers[i]);
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int sent;
  do sent = sendmmsg(udp->fd, messages, count, MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return number(env, errno == EWOULDBLOCK ? -EAGAIN : -errno);
  return number(env, sent);
}

/* openGroup(): what many sockets are woken and read by together; watched like a socket. */
static napi_value open_group(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return throw_errno(env, "epoll_create1", errno);
  udp_socket **members = calloc(MAX_MEMBERS, sizeof *members);
  if (members == NULL) {
    close(fd);
    return throw_errno(env, "calloc", ENOMEM);
  }
  return own(env, fd, members, 0);
}

/* join(group, socket, member): the number is the caller's to give, and free again on close. */
static napi_value join(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  size_t argc = 3;
  uint32_t member = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *group = socket_of(env, argv[0]), *udp = socket_of(env, argv[1]);
  if (group == NULL || group->members == NULL || udp == NULL || udp->fd < 0 || udp->group != NULL ||
      udp->members != NULL || napi_get_value_uint32(env, argv[2], &member) != napi_ok ||
      member >= MAX_MEMBERS || group->members[member] != NULL) {
    return throw_usage(env, "group, socket, member");
  }
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = member};
  if (epoll_ctl(group->fd, EPOLL_CTL_ADD, udp->fd, &event) < 0) {
    return throw_errno(env, "epoll_ctl", errno);
  }
  group->members[member] = udp;
  udp->group = group;
  udp->member = member;
  return NULL;
}

/*
 * receiveGroup(group, slab, meta, slotBytes): one packet of each member that has any, its number in
 * the entry. What waits beyond that keeps the group readable. A packet longer than its slot is cut.
 */
static napi_value receive_group(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  size_t argc = 4, slab_bytes = 0, meta_bytes = 0;
  uint32_t slot = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *group = socket_of(env, argv[0]);
  uint8_t *slab = memory_of(env, argv[1], napi_uint8_array, &slab_bytes);
  int32_t *meta = memory_of(env, argv[2], napi_int32_array, &meta_bytes);
  if (group == NULL || slab == NULL || meta == NULL ||
      napi_get_value_uint32(env, argv[3], &slot) != napi_ok || slot == 0) {
    return throw_usage(env, "group, slab, meta, slotBytes");
  }
  if (group->members == NULL) return number(env, 0);
  size_t room = slab_bytes / slot, entries = meta_bytes / (WORDS * sizeof(int32_t));
  size_t batch = room < entries ? room : entries;
  if (batch > MAX_GROUP_BATCH) batch = MAX_GROUP_BATCH;
  struct epoll_event ready[MAX_GROUP_BATCH];
  if (batch == 0) return number(env, 0);
  int waiting = epoll_wait(group->fd, ready, (int)batch, 0), count = 0;
  for (int i = 0; i < waiting; i += 1) {
    udp_socket *udp = group->members[ready[i].data.u32];
    if (udp == NULL) continue;
    struct sockaddr_in6 peer;
    socklen_t peer_length = sizeof peer;
    size_t at = (size_t)count * slot;
    ssize_t length = recvfrom(udp->fd, slab + at, slot, MSG_DONTWAIT, (struct sockaddr *)&peer,
                              &peer_length);
    /* An error of an earlier send is told and cleared here; it is nobody's packet. */
    if (length < 0) continue;
    int32_t *entry = meta + (size_t)count * WORDS;
    entry[OFFSET] = (int32_t)at;
    entry[LENGTH] = (int32_t)length;
    entry[MEMBER] = (int32_t)udp->member;
    from_sockaddr(&peer, entry);
    count += 1;
  }
  return number(env, count);
}

/* sendGroup(group, slab, meta, count): how many the kernel took, each from its entry's member. */
static napi_value send_group(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  size_t argc = 4, slab_bytes = 0, meta_bytes = 0;
  uint32_t count = 0;
  int32_t taken = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *group = socket_of(env, argv[0]);
  uint8_t *slab = memory_of(env, argv[1], napi_uint8_array, &slab_bytes);
  int32_t *meta = memory_of(env, argv[2], napi_int32_array, &meta_bytes);
  if (group == NULL || slab == NULL || meta == NULL ||
      napi_get_value_uint32(env, argv[3], &count) != napi_ok ||
      (size_t)count * WORDS * sizeof(int32_t) > meta_bytes) {
    return throw_usage(env, "group, slab, meta, count");
  }
  for (uint32_t i = 0; group->members != NULL && i < count; i += 1) {
    const int32_t *entry = meta + (size_t)i * WORDS;
    size_t offset = (uint32_t)entry[OFFSET], length = (uint32_t)entry[LENGTH];
    uint32_t member = (uint32_t)entry[MEMBER];
    if (offset + length > slab_bytes) return throw_usage(env, "an entry points outside the slab");
    udp_socket *udp = member < MAX_MEMBERS ? group->members[member] : NULL;
    if (udp == NULL) continue;
    struct sockaddr_in6 peer;
    socklen_t peer_length = to_sockaddr(entry, &peer);
    if (sendto(udp->fd, slab + offset, length, MSG_DONTWAIT, (struct sockaddr *)&peer,
               peer_length) >= 0) {
      taken += 1;
    }
  }
  return number(env, taken);
}

/* close(socket): at once; no callback comes any more. */
static napi_value close_socket(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  udp_socket *udp = socket_of(env, argv[0]);
  if (udp == NULL) return throw_usage(env, "socket");
  shut(udp);
  return NULL;
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  const napi_property_descriptor functions[] = {
      {"resolve", NULL, resolve, NULL, NULL, NULL, napi_enumerable, NULL},
      {"format", NULL, format, NULL, NULL, NULL, napi_enumerable, NULL},
      {"open", NULL, open_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"portOf", NULL, port_of, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"rearm", NULL, rearm, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive, NULL, NULL, NULL, napi_enumerable, NULL},
      {"send", NULL, send_batch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"openGroup", NULL, open_group, NULL, NULL, NULL, napi_enumerable, NULL},
      {"join", NULL, join, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receiveGroup", NULL, receive_group, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sendGroup", NULL, send_group, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_socket, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  napi_value abi = number(env, ABI);
  napi_set_named_property(env, exports, "abi", abi);
  return exports;
}
