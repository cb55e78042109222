#!/bin/sh
# Makes the roots that capture.py wrote the parts of Debian from, and writes them anew. Needs root, debootstrap, the
# network and 4 GB. usage: tests/hosts/roots.sh FOLDER
# Ubuntu's part comes from packages that were unpacked and not configured: its accounts and its PAM are written by hand.
set -eu
folder=${1:?usage: $0 FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
server="openssh-server sudo apparmor unattended-upgrades libpam-systemd rsyslog linux-image-cloud-amd64"

# Installs into a root, whose services do not start.
add() {
    root=$folder/$1
    shift
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    chroot "$root" sh -c "export DEBIAN_FRONTEND=noninteractive LC_ALL=C; apt-get update -q && apt-get install -y -q $*"
    rm "$root/usr/sbin/policy-rc.d"
}

capture() {
    root=$1
    part=$2
    shift 2
    "$here/capture.py" "$folder/$root" "$@" >"$folder/part"
    mv "$folder/part" "$here/parts/$part.yaml"
}

mkdir -p "$folder"
for suite in bookworm trixie; do
    debootstrap --include=systemd-sysv,systemd,dbus,netbase,ca-certificates "$suite" "$folder/$suite" http://deb.debian.org/debian
done
add bookworm --no-install-recommends "$server" systemd-timesyncd cloud-init
add trixie --no-install-recommends "$server" chrony auditd libpam-pwquality nftables aide
cp -a "$folder/bookworm" "$folder/docker"
cp -a "$folder/trixie" "$folder/podman"
add docker --no-install-recommends docker.io
add podman podman
capture bookworm debian-12
capture trixie debian-13
capture docker docker-debian-12 debian-12
capture podman podman-debian-13 debian-13
