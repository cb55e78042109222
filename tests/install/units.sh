# Run in a system that systemd started: one audit for each set of options that units have, one a line, before it the
# exit code that is right. Each leaves N.options, N.json, N.err and N.code here; the first is without any.
n=0
while IFS= read -r line; do
    n=$((n + 1))
    echo "$line" >"$n.options"
    set --
    IFS='|'
    for option in ${line#? }; do set -- "$@" -p "$option"; done
    unset IFS
    code=0
    systemd-run --wait --pipe -q "$@" plumbline audit --fail-on none -o json </dev/null >"$n.json" 2>"$n.err" || code=$?
    echo "$code" >"$n.code"
done <<'END'
0 Nice=10
0 PrivateTmp=yes|ProtectHome=yes|ProtectSystem=strict|ProtectKernelTunables=yes|ProtectKernelModules=yes|ProtectControlGroups=yes
0 ProtectHome=tmpfs|ProtectSystem=full|PrivateDevices=yes|ProtectKernelLogs=yes|ProtectProc=invisible
0 ProtectHome=read-only|ProtectHostname=yes|TemporaryFileSystem=/srv|InaccessiblePaths=/opt|PrivateNetwork=yes
0 PrivateTmp=yes|NoNewPrivileges=yes|CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_AUDIT_CONTROL CAP_NET_ADMIN CAP_SETUID CAP_SETGID CAP_SETPCAP CAP_KILL
0 User=nobody|AmbientCapabilities=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_AUDIT_CONTROL|PrivateTmp=yes|ProtectHome=yes|ProtectSystem=strict
0 SystemCallFilter=@system-service|SystemCallErrorNumber=EPERM
3 PrivateTmp=yes|CapabilityBoundingSet=CAP_DAC_READ_SEARCH
3 ProtectSystem=strict|User=nobody
3 DynamicUser=yes
3 PrivateUsers=yes
3 PrivateNetwork=yes|CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE
END
