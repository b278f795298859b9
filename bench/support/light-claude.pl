#!/usr/bin/perl
# A stand-in for the claude CLI that costs next to nothing (5 MB, 5 ms), so that hundreds can run beside what is
# measured. It keeps no session: every message is answered at once with LIGHT_ANSWER, or with its own marker `m7`.
use strict;
use warnings;
$| = 1;

if (grep { $_ eq '--version' } @ARGV) { print "2.1.330 (Claude Code)\n"; exit 0 }
$SIG{TERM} = sub { exit 143 };

my $lines = $ENV{LIGHT_LINES} // 1;
while (my $line = <STDIN>) {
  if ($line =~ /"type":"control_request"/) {
    my ($id) = $line =~ /"request_id":"([^"]+)"/;
    print qq({"type":"control_response","response":{"subtype":"success","request_id":"$id","response":{"claude_code_version":"2.1.330","models":[]}}}\n);
    next;
  }
  next unless $line =~ /"type":"user"/;
  my ($uuid) = $line =~ /"uuid":"([^"]+)"/;
  my ($marker) = $line =~ /\b(m\d+)\b/;
  my $text = join '\n', map { ($marker // 'm0') . " line $_ of $lines" } 1 .. $lines;
  print join "\n",
    qq({"type":"command_lifecycle","command_uuid":"$uuid","state":"started"}),
    qq({"type":"system","subtype":"init","model":"light","user_message_uuids":["$uuid"]}),
    qq({"type":"stream_event","event":{"type":"message_start","message":{}}}),
    qq({"type":"stream_event","event":{"type":"content_block_delta","delta":{"type":"text_delta","text":"$text"}}}),
    qq({"type":"assistant","message":{"model":"light","content":[{"type":"text","text":"$text"}]}}),
    qq({"type":"stream_event","event":{"type":"message_stop"}}),
    qq({"type":"result","subtype":"success","is_error":false,"result":"$text","terminal_reason":"completed","user_message_uuids":["$uuid"]}),
    qq({"type":"command_lifecycle","command_uuid":"$uuid","state":"completed"}),
    '';
}
