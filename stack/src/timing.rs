//! Every duration that must agree with another, in seconds.
//!
//! A stream is silent at most for a heartbeat, and everything on its way waits longer than
//! that. Who opens a connection gives it up before the other side does, or a request meets a
//! connection that is just being closed: CloudFront before the load balancer, the load balancer
//! before the service, which never closes an idle one. A task that ends goes on with its
//! answers until they are whole or it is killed, and is not forgotten before.

/// Silence after which a stream carries a comment line.
pub const HEARTBEAT: u64 = 15;
/// How long nobody asks for anything until the service lets go of a database that can pause.
pub const REST: u64 = 60;
/// How long CloudFront waits for a byte of the origin: it takes at most 120.
pub const ORIGIN_READ: u64 = 60;
/// How long CloudFront keeps a connection to the load balancer.
pub const ORIGIN_KEEP_ALIVE: u64 = 60;
/// How long the load balancer keeps a connection on which nothing moves.
pub const IDLE: u64 = 120;
/// How long a task's answers may go on after SIGTERM.
pub const DRAIN: u64 = 110;
/// How long after SIGTERM a task is killed: Fargate takes at most 120.
pub const STOP: u64 = 120;
/// How long the load balancer leaves a leaving task its connections.
pub const DEREGISTRATION: u64 = 120;

const _: () = {
    assert!(2 * HEARTBEAT < ORIGIN_READ && 2 * HEARTBEAT < IDLE, "one heartbeat may be late");
    assert!(ORIGIN_READ <= 120 && ORIGIN_KEEP_ALIVE < IDLE && IDLE >= 120);
    assert!(DRAIN < STOP && STOP <= 120 && STOP <= DEREGISTRATION);
};
