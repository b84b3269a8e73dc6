# shellcheck shell=bash
# shellcheck disable=SC2034 # PEER_START is read by whoever sources this
# Debian's puppetserver and puppet-agent on loopback, with every folder of theirs under $PEER.
# Whoever sources this sets PEER (a directory that user puppet can reach) and PORT.

HEAP=${HEAP:-1g}
JRUBIES=${JRUBIES:-2}

# Packages that are missing; their services stay off.
peer_install() {
  local packages=(puppetserver puppet-agent puppet-module-puppetlabs-{stdlib,concat,mysql,apache,haproxy} curl)
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qqy install --no-install-recommends "${missing[@]}" >/dev/null || return
  if [ -d /run/systemd/system ]; then
    systemctl --quiet disable --now puppetserver puppet 2>/dev/null || true
  fi
}

# peer_configure ENVIRONMENTS: settings as Debian ships them, but for the folders and for
# environment_timeout, with which parsed code is kept: what anybody does who needs speed.
peer_configure() {
  local file
  mkdir -p "$PEER"/{puppet,ca,var/jruby-gems,log,run,conf.d,services.d,code}
  cp /etc/puppet/puppetserver/conf.d/{auth,ca,metrics,web-routes}.conf "$PEER/conf.d/"
  cp /etc/puppet/puppetserver/services.d/* "$PEER/services.d/"
  for file in logback request-logging; do
    sed "s#/var/log/puppetserver#$PEER/log#g" "/etc/puppet/puppetserver/$file.xml" >"$PEER/$file.xml"
  done
  echo "global: { logging-config: $PEER/logback.xml }" >"$PEER/conf.d/global.conf"
  cat >"$PEER/conf.d/webserver.conf" <<CONF
webserver: {
    access-log-config: $PEER/request-logging.xml
    client-auth: want
    ssl-host: 127.0.0.1
    ssl-port: $PORT
}
CONF
  cat >"$PEER/conf.d/puppetserver.conf" <<CONF
jruby-puppet: {
    ruby-load-path: [/usr/lib/puppetserver/ruby/vendor_ruby]
    gem-home: $PEER/var/jruby-gems
    gem-path: [\${jruby-puppet.gem-home}, "/usr/lib/puppetserver/vendored-jruby-gems"]
    server-conf-dir: $PEER/puppet
    server-code-dir: $PEER/code
    server-var-dir: $PEER/var
    server-run-dir: $PEER/run
    server-log-dir: $PEER/log
    max-active-instances: $JRUBIES
}
http-client: {}
profiler: {}
CONF
  cat >"$PEER/puppet/puppet.conf" <<CONF
[main]
certname = control
dns_alt_names = control,puppet,localhost
ssldir = $PEER/puppet/ssl
[server]
cadir = $PEER/ca
autosign = true
environment_timeout = unlimited
CONF
  printf 'version: 5\nhierarchy: []\n' >"$PEER/puppet/hiera.yaml"
  rm -rf "$PEER/code/environments"
  cp -r "$1" "$PEER/code/environments"
  chown -R puppet:puppet "$PEER"
}

# Starts it as Debian's unit does; sets PEER_PID and PEER_START, the seconds until it answers.
peer_start() {
  local begin
  echo -n 0 >"$PEER/run/restart"
  chown puppet:puppet "$PEER/run/restart"
  begin=$(date +%s.%N)
  (
    cd "$PEER" && umask 027 && HOME=$PEER/var exec "${PIN[@]}" setpriv --reuid=puppet --regid=puppet --init-groups \
      /usr/bin/java "-Xms$HEAP" "-Xmx$HEAP" \
      -Djruby.logger.class=com.puppetlabs.jruby_utils.jruby.Slf4jLogger \
      -Djruby.lib=/usr/share/jruby/lib -XX:+CrashOnOutOfMemoryError \
      -jar /usr/share/puppetserver/puppetserver.jar \
      --config "$PEER/conf.d" --bootstrap-config "$PEER/services.d" --restart-file "$PEER/run/restart"
  ) >"$PEER/log/console.log" 2>&1 </dev/null &
  PEER_PID=$!
  answers "$PORT" "$PEER_PID" 300 || {
    tail -30 "$PEER/log/console.log" "$PEER/log/puppetserver.log" >&2
    return 1
  }
  PEER_START=$(seconds_since "$begin")
}

peer_stop() {
  [ -n "${PEER_PID:-}" ] || return 0
  kill "$PEER_PID" 2>/dev/null
  wait "$PEER_PID" 2>/dev/null
  PEER_PID=
}

# peer_enrol NODE: key and certificate of a node, in $PEER/agent/ssl.
peer_enrol() {
  mkdir -p "$PEER/agent"
  puppet ssl bootstrap --server localhost --serverport "$PORT" --certname "$1" \
    --confdir "$PEER/agent/conf" --vardir "$PEER/agent/var" --ssldir "$PEER/agent/ssl" >"$PEER/enrol.log" 2>&1 || {
    cat "$PEER/enrol.log" >&2
    return 1
  }
}
