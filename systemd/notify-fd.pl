#!/usr/bin/perl
# Usage: notify-fd.pl PROGRAM [ARGUMENT...]
#
# Node cannot open the datagram socket on which systemd wants to be told things. So this opens it, hands it over as
# file descriptor 3 in the way of sd_listen_fds(3), and becomes PROGRAM: same process id, nothing stays behind.
# The descriptor is not inherited by what PROGRAM starts, which is why the unit can say NotifyAccess=main.
use strict;
use warnings;
use POSIX ();
use Socket;

$^F = 3; # perl closes higher ones at exec
my $socket; # out here, since perl closes it at the end of its block

if (my $path = $ENV{NOTIFY_SOCKET}) {
  $path =~ s/^@/\0/; # an abstract socket
  socket($socket, AF_UNIX, SOCK_DGRAM, 0) or die "notify-fd: cannot make a socket: $!\n";
  connect($socket, pack_sockaddr_un($path)) or die "notify-fd: cannot connect to $ENV{NOTIFY_SOCKET}: $!\n";
  POSIX::dup2(fileno($socket), 3) or die "notify-fd: cannot hand over the socket: $!\n";
  @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 1, 'notify');
}
exec { $ARGV[0] } @ARGV or die "notify-fd: cannot run $ARGV[0]: $!\n";
