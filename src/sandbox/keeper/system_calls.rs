//! Allows only the system calls that a web server needs. It restricts what Landlock cannot.
//!
//! This is a list of what is allowed. Any other call fails as on an older kernel that does not have the call, so
//! libraries fall back as they do there, and the calls of a later kernel are refused before anybody knows of them.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};

/// Calls with free arguments: the arguments do not reach beyond the process, or Landlock decides what they reach.
#[rustfmt::skip]
const FREE: &[c_long] = &[
    // Files. Landlock decides which may be opened. Calls that change modes, owners and times are not allowed.
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64, libc::SYS_pwrite64, libc::SYS_preadv,
    libc::SYS_pwritev, libc::SYS_close, libc::SYS_close_range, libc::SYS_lseek, libc::SYS_fstat, libc::SYS_newfstatat,
    libc::SYS_statx, libc::SYS_statfs, libc::SYS_fstatfs, libc::SYS_openat, libc::SYS_readlinkat, libc::SYS_faccessat,
    libc::SYS_faccessat2, libc::SYS_unlinkat, libc::SYS_mkdirat, libc::SYS_renameat, libc::SYS_renameat2, libc::SYS_ftruncate,
    libc::SYS_fsync, libc::SYS_fdatasync, libc::SYS_fadvise64, libc::SYS_readahead, libc::SYS_sendfile, libc::SYS_getdents64,
    libc::SYS_getcwd, libc::SYS_chdir, libc::SYS_umask, libc::SYS_dup, libc::SYS_dup3, libc::SYS_pipe2, libc::SYS_flock,
    // Waiting.
    libc::SYS_epoll_create1, libc::SYS_epoll_ctl, libc::SYS_epoll_pwait, libc::SYS_epoll_pwait2, libc::SYS_eventfd2,
    libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_futex, libc::SYS_nanosleep, libc::SYS_clock_nanosleep, libc::SYS_wait4,
    libc::SYS_setitimer, libc::SYS_getitimer, libc::SYS_sched_yield,
    // SavedState.
    libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk, libc::SYS_msync,
    libc::SYS_membarrier,
    // Its own signals, threads and end.
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigpending, libc::SYS_rt_sigtimedwait, libc::SYS_sigaltstack, libc::SYS_restart_syscall, libc::SYS_exit,
    libc::SYS_exit_group, libc::SYS_set_robust_list, libc::SYS_set_tid_address, libc::SYS_rseq,
    // Information about itself and the machine.
    libc::SYS_gettid, libc::SYS_getpid, libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid,
    libc::SYS_getegid, libc::SYS_getgroups, libc::SYS_getresuid, libc::SYS_getresgid, libc::SYS_getpgid, libc::SYS_getsid,
    libc::SYS_getrandom, libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_gettimeofday, libc::SYS_times,
    libc::SYS_getrusage, libc::SYS_sysinfo, libc::SYS_uname, libc::SYS_sched_getaffinity, libc::SYS_getcpu,
    // Sockets that it has. There is no `connect`: it calls nobody.
    libc::SYS_bind, libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4, libc::SYS_getsockname, libc::SYS_getpeername,
    libc::SYS_setsockopt, libc::SYS_getsockopt, libc::SYS_shutdown, libc::SYS_recvfrom, libc::SYS_recvmsg,
    // This process becomes the web server. The walls stay with what it becomes.
    libc::SYS_execve,
];

/// The older names of the same calls; newer architectures lack them.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const OLD: &[c_long] = &[
    libc::SYS_open, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_unlink, libc::SYS_mkdir, libc::SYS_rmdir,
    libc::SYS_rename, libc::SYS_readlink, libc::SYS_getdents, libc::SYS_dup2, libc::SYS_pipe, libc::SYS_poll, libc::SYS_select,
    libc::SYS_epoll_create, libc::SYS_epoll_wait, libc::SYS_eventfd, libc::SYS_getpgrp, libc::SYS_getrlimit, libc::SYS_time,
    libc::SYS_alarm, libc::SYS_pause, libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[c_long] = &[];

/// Allowed `ioctl` requests: is it a terminal, how much can be read, non-blocking, close on exec or not. As numbers,
/// because the C libraries disagree about the type of the names.
const IOCTLS: [i32; 5] = [0x5401, 0x541b, 0x5421, 0x5450, 0x5451];
/// Allowed `fcntl` commands. Setting who receives a file's signals is not allowed.
const FCNTLS: [i32; 9] = [
    libc::F_DUPFD,
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
];
/// Allowed `prctl` options. The parent-death signal is not among them, so that the process cannot outlive its keeper.
const PRCTLS: [i32; 4] = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_GET_DUMPABLE, libc::PR_CAPBSET_READ];
/// The bits of a socket's type, without its flags.
const KIND: u64 = 0xf;

/// A condition: an argument's number, the bits to compare (`None` for all), and their required value.
type Wanted = (u8, Option<u64>, u64);

/// Calls that are allowed with certain arguments only. Each has a list of alternatives, whose conditions must all
/// hold.
fn bound() -> Vec<(c_long, Vec<Vec<Wanted>>)> {
    let is = |at: u8, value: i32| (at, None, value.unsigned_abs().into());
    let own = is(0, std::process::id().cast_signed());
    let stream = (1, Some(KIND), libc::SOCK_STREAM.unsigned_abs().into());
    // TCP by its two protocol numbers, which excludes MPTCP, and a pair of sockets connected to each other.
    let tcp = [0, libc::IPPROTO_TCP].map(|protocol| vec![is(0, libc::AF_INET), stream, is(2, protocol)]);
    let pair = vec![is(0, libc::AF_UNIX), stream, is(2, 0)];
    // With this flag, sending would connect.
    let quick = u64::from(libc::MSG_FASTOPEN.unsigned_abs());
    // Only a thread of this process in the same namespaces: a new process would outlive its keeper.
    let worlds = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    let list = |at: u8, values: &[i32]| values.iter().map(|value| vec![is(at, *value)]).collect();
    vec![
        (libc::SYS_socket, tcp.into()),
        (libc::SYS_socketpair, vec![pair]),
        (libc::SYS_sendto, vec![vec![(3, Some(quick), 0)]]),
        (libc::SYS_sendmsg, vec![vec![(2, Some(quick), 0)]]),
        (libc::SYS_clone, vec![vec![(0, Some(thread | u64::from(worlds.unsigned_abs())), thread)]]),
        // No signals to other processes, and no limits of other processes.
        (libc::SYS_kill, vec![vec![own]]),
        (libc::SYS_tgkill, vec![vec![own]]),
        (libc::SYS_prlimit64, vec![vec![is(0, 0)]]),
        (libc::SYS_ioctl, list(1, &IOCTLS)),
        (libc::SYS_fcntl, list(1, &FCNTLS)),
        (libc::SYS_prctl, list(0, &PRCTLS)),
    ]
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FREE.iter().chain(OLD).map(|call| (*call, Vec::new())).collect();
    for (call, ways) in bound() {
        let condition = |(at, bits, value): Wanted| {
            let operator = bits.map_or(SeccompCmpOp::Eq, SeccompCmpOp::MaskedEq);
            // Compare 32 bits: all these arguments are 32-bit numbers to the kernel.
            SeccompCondition::new(at, SeccompCmpArgLen::Dword, operator, value)
        };
        let rule = |way: Vec<Wanted>| SeccompRule::new(way.into_iter().map(condition).collect::<Result<_, _>>()?);
        rules.insert(call, ways.into_iter().map(rule).collect::<Result<_, _>>()?);
    }
    let refuse = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    SeccompFilter::new(rules, refuse, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// Refuses every other call to this thread and to what it becomes or starts, permanently. `false` if the system
/// cannot do it.
pub fn refuse_others() -> bool {
    filter().is_ok_and(|filter| apply_filter(&filter).is_ok())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, FileTimes};
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
    use std::process::Command;
    use std::thread;
    use std::time::SystemTime;

    use rustix::process::{Pid, Signal, kill_process};

    use super::*;

    const REFUSED: Option<i32> = Some(libc::ENOSYS);

    fn code<T>(result: std::io::Result<T>) -> Option<i32> {
        result.err().and_then(|error| error.raw_os_error())
    }

    #[test]
    fn a_web_server_s_calls_are_answered_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("page"), "page").unwrap();
        let outside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let there = outside.local_addr().unwrap();
        let inside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = inside.local_addr().unwrap();
        let caller = thread::spawn(move || {
            let mut stream = TcpStream::connect(here).unwrap();
            stream.write_all(b"GET").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        // On a thread of its own, which ends.
        let walled = thread::spawn(move || {
            assert!(refuse_others());
            // Serving works.
            let (mut stream, _) = inside.accept().unwrap();
            stream.read_exact(&mut [0; 3]).unwrap();
            stream.write_all(&fs::read(path.join("page")).unwrap()).unwrap();
            drop(stream);
            fs::write(path.join("body"), "sent").unwrap();
            fs::rename(path.join("body"), path.join("kept")).unwrap();
            fs::remove_file(path.join("kept")).unwrap();
            let (mut one, mut other) = UnixStream::pair().unwrap();
            one.write_all(b"x").unwrap();
            other.read_exact(&mut [0; 1]).unwrap();
            assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).is_ok());
            thread::spawn(|| ()).join().unwrap();
            // Nothing else does.
            let page = File::options().write(true).open(path.join("page")).unwrap();
            let parent = std::os::unix::process::parent_id().cast_signed();
            let parent = Pid::from_raw(parent).unwrap_or(Pid::INIT);
            for (what, seen) in [
                ("UDP", code(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)))),
                ("IPv6", code(TcpListener::bind("[::1]:0"))),
                ("a socket that has a path", code(UnixListener::bind(path.join("socket")))),
                ("a socket that has a path, for packets", code(UnixDatagram::bind(path.join("packets")))),
                ("a call to a socket that has a path", code(UnixStream::connect(path.join("socket")))),
                ("a call by TCP", code(TcpStream::connect(there))),
                ("a mode", code(fs::set_permissions(path.join("page"), fs::Permissions::from_mode(0o777)))),
                ("a mode of an open file", code(page.set_permissions(fs::Permissions::from_mode(0o777)))),
                ("times", code(page.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH)))),
                ("an owner", code(std::os::unix::fs::fchown(&page, None, None))),
                ("a link", code(fs::hard_link(path.join("page"), path.join("link")))),
                ("a link by name", code(std::os::unix::fs::symlink("/etc/passwd", path.join("link")))),
                ("a process", code(Command::new("true").spawn())),
                ("a signal", code(kill_process(parent, Signal::URG).map_err(Into::into))),
            ] {
                assert_eq!(seen, REFUSED, "{what}");
            }
        });
        walled.join().unwrap();
        assert_eq!(caller.join().unwrap(), "page");
        outside.set_nonblocking(true).unwrap();
        assert!(outside.accept().is_err());
    }
}
