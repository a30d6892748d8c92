#!/usr/bin/env bash
#
# Runs a ConvexNN job: ./submit.sh [spark options] [command and its options]
#
#   ./submit.sh                                          the demo, on all cores of this machine
#   ./submit.sh help                                     the commands
#   ./submit.sh train --help                             the options of one command
#   ./submit.sh --master 'local-cluster[2,1,1024]' demo  two executors in JVMs of their own
#   ./submit.sh --master yarn --conf spark.executor.instances=8 train ...
#
# Everything before the command goes to spark-submit. That is the one of $SPARK_HOME, or the one on
# the PATH, or, where no Spark is installed, the Spark that the build has fetched. The jar is built
# when it is missing or older than its sources. The exit code is the job's.
#
# Settings: conf/spark-defaults.conf (unless --properties-file is given, or the installed Spark has a
# spark-defaults.conf) and conf/log4j2.properties (unless LOG4J_CONFIGURATION_FILE is set).

set -euo pipefail

say() { printf 'submit.sh: %s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}

follow() { # path: the file that a chain of links ends at
  local path="$1" link
  while [ -L "$path" ]; do
    link="$(readlink "$path")"
    case "$link" in
      /*) path="$link" ;;
      *) path="$(dirname "$path")/$link" ;;
    esac
  done
  printf '%s' "$path"
}

root="$(cd "$(dirname "$(follow "${BASH_SOURCE[0]}")")" && pwd -P)"
target="$root/spark-job/target"
build_home="$target/sparkhome"

# ---- Java -------------------------------------------------------------------------------------

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java="$JAVA_HOME/bin/java"
    [ -x "$java" ] || die "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it."
  else
    java="$(command -v java)" || die "no java found: install a JDK 17 or newer, or set JAVA_HOME."
  fi
  local major
  version="$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')"
  major="${version#1.}"
  major="${major%%[!0-9]*}"
  [ -n "$major" ] || die "cannot tell the version of $java."
  [ "$major" -ge 17 ] || die "$java is Java $version; Java 17 or newer is needed."
  refuse_too_new_java
}

refuse_too_new_java() { # Spark before 4.2 ends in "getSubject is not supported" on Java 24 and newer
  local spark
  spark="$(spark_version)"
  case "$spark" in
    3.* | 4.0.* | 4.1.*)
      [ "$major" -lt 24 ] ||
        die "$java is Java $version; Spark $spark runs on Java 17 to 23: set JAVA_HOME to one of these."
      ;;
  esac
}

spark_version() { # of the Spark that will run, by the name of its jar; else of the one to be fetched
  local jars="$build_home/jars" core
  if [ -n "$spark_submit" ]; then jars="$(dirname "$(follow "$spark_submit")")/../jars"; fi
  for core in "$jars"/spark-core_*.jar; do
    if [ -f "$core" ]; then
      core="${core##*-}"
      printf '%s' "${core%.jar}"
      return
    fi
  done
  if [ -z "$spark_submit" ]; then
    sed -n 's/.*<spark.version>\([^<]*\)<.*/\1/p' "$root/pom.xml" | head -n 1
  fi
}

# ---- arguments: Spark's first, then the job's -------------------------------------------------

spark_args=()
master=""
properties_file=""
deploy_mode=""

note_option() { # name value: what this script has to know of an option it hands on
  case "$1" in
    --master) master="$2" ;;
    --deploy-mode) deploy_mode="$2" ;;
    --properties-file) properties_file="$2" ;;
    --conf | -c)
      case "$2" in
        spark.master=*) [ -n "$master" ] || master="${2#*=}" ;;
        spark.submit.deployMode=*) [ -n "$deploy_mode" ] || deploy_mode="${2#*=}" ;;
      esac
      ;;
  esac
}

while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help | -V | --version) break ;; # the job's own
    --verbose | -v | --supervise | --load-spark-defaults)
      spark_args+=("$1")
      shift
      ;;
    --class | --class=*) die "--class is set by this script." ;;
    --*=*)
      note_option "${1%%=*}" "${1#*=}"
      spark_args+=("${1%%=*}" "${1#*=}")
      shift
      ;;
    -*)
      [ $# -ge 2 ] || die "the Spark option $1 needs a value."
      note_option "$1" "$2"
      spark_args+=("$1" "$2")
      shift 2
      ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- demo

# ---- which Spark ------------------------------------------------------------------------------

spark_submit=""
if [ -n "${SPARK_HOME:-}" ] && [ -x "$SPARK_HOME/bin/spark-submit" ]; then
  spark_submit="$SPARK_HOME/bin/spark-submit"
elif command -v spark-submit > /dev/null; then
  spark_submit="$(command -v spark-submit)"
fi

# ---- build, when needed -----------------------------------------------------------------------

find_jar() {
  jar=""
  local found
  for found in "$target"/convexnn-spark_*-job.jar; do
    if [ -f "$found" ] && { [ -z "$jar" ] || [ "$found" -nt "$jar" ]; }; then jar="$found"; fi
  done
}

up_to_date() {
  find_jar
  [ -n "$jar" ] || return 1
  if [ -z "$spark_submit" ] && [ ! -d "$build_home/jars" ]; then return 1; fi
  [ -z "$(find "$root/pom.xml" "$root/spark-job/pom.xml" "$root/spark-job/src/main" -newer "$jar")" ]
}

build() {
  local mvn log started
  mvn="$(command -v mvn)" || die "the jar has to be built and there is no mvn on the PATH: install Maven 3.8 or newer."
  [ -n "${java:-}" ] || find_java
  log="$(mktemp "${TMPDIR:-/tmp}/convexnn-build.XXXXXX")"
  started="$(mktemp "${TMPDIR:-/tmp}/convexnn-build.XXXXXX")"
  if [ -d "$build_home/jars" ]; then
    say "building"
  else
    say "building; the first time Maven fetches Spark, about 350 MB"
  fi
  # from the root, where Maven finds .mvn
  if ! (cd "$root" && "$mvn" -B -q -ntp -Dstyle.color=never -Dmaven.test.skip=true package -pl spark-job -am) < /dev/null > "$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$started"
    die "the build failed."
  fi
  find_jar
  [ -n "$jar" ] || die "the build left no job jar in $target."
  touch -r "$started" "$jar" # sources changed since the build began are newer
  rm -f "$log" "$started"
}

java=""
version=""
find_java
up_to_date || build

# ---- environment ------------------------------------------------------------------------------

# Java takes arguments and file names by the locale: in C, letters beyond ASCII are question marks.
if [ "$(locale charmap 2> /dev/null)" != UTF-8 ]; then
  for name in C.UTF-8 C.utf8 en_US.UTF-8; do
    if [ "$(LC_ALL="$name" locale charmap 2> /dev/null)" = UTF-8 ]; then
      export LC_ALL="$name"
      break
    fi
  done
fi

# One thread per task in native BLAS: Spark already runs one task per core.
export OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
export MKL_NUM_THREADS="${MKL_NUM_THREADS:-1}"
# The job finds conf/ and examples/ from here.
export CONVEXNN_HOME="$root"
# log4j reads this variable; unlike a driver option it replaces none of the user's.
if [ "$deploy_mode" != cluster ] && [ -z "${LOG4J_CONFIGURATION_FILE:-}" ]; then
  log4j="$root/conf/log4j2.properties"
  log4j="${log4j//%/%25}"
  log4j="${log4j// /%20}"
  export LOG4J_CONFIGURATION_FILE="file:$log4j"
fi

# ---- an installed Spark -----------------------------------------------------------------------

job=(--class org.convexnn.cli.Main)
[ -z "${spark_args[*]+x}" ] || job+=("${spark_args[@]}")
defaults=(--properties-file "$root/conf/spark-defaults.conf")

if [ -n "$spark_submit" ]; then
  site="${SPARK_CONF_DIR:-$(dirname "$(follow "$spark_submit")")/../conf}/spark-defaults.conf"
  if [ -n "$properties_file" ] || [ -f "$site" ]; then defaults=(); fi
  exec "$spark_submit" ${defaults[@]+"${defaults[@]}"} "${job[@]}" "$jar" "$@"
fi

# ---- the Spark of the build -------------------------------------------------------------------

unset SPARK_CONF_DIR SPARK_PREPEND_CLASSES
export SPARK_HOME="$build_home"
export SPARK_SCALA_VERSION=2.13
case "$master" in
  "" | local | local\[* | local-cluster* | spark://127.0.0.1:* | spark://localhost:*)
    # all of it is on this machine
    export SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
    ;;
esac

# ---- in one JVM: nothing is asked of Spark but memory and cores -------------------------------

# Sets `command` where the options are few enough for it: one JVM instead of the launcher's and that
# of spark-submit, and its classes may come from an archive.
start_directly() {
  local memory="" i key value
  for ((i = 0; i < ${#spark_args[@]}; i += 2)); do
    case "${spark_args[i]}" in
      --master) case "$master" in local | local\[*) ;; *) return 1 ;; esac ;;
      --driver-memory) memory="${spark_args[i + 1]}" ;;
      *) return 1 ;;
    esac
  done
  command=("$java")
  # what Spark needs opened: the list that the tests have
  for value in $(sed -n '/<spark.java.options>/,/<\/spark.java.options>/p' "$root/pom.xml" | grep '^ *-'); do
    command+=("$value")
  done
  while read -r key value; do
    case "$key" in
      "" | \#*) ;;
      spark.driver.memory) memory="${memory:-$value}" ;;
      spark.driver.* | spark.jars* | spark.submit*) return 1 ;;
      *) command+=("-D$key=$value") ;;
    esac
  done < "$root/conf/spark-defaults.conf"
  [ -z "$memory" ] || command+=("-Xmx$memory")
  [ -z "$master" ] || command+=("-Dspark.master=$master")
  class_path=(-cp "$jar:$build_home/jars/*")
}

# An archive of the classes that a train command loads, some twenty thousand: they are not looked for
# in 200 jars again. Java takes none whose jars or own version have changed. Made once, where there is
# room for it.
class_archive() {
  local archive="$target/classes-$version.jsa" folder
  if [ ! "$archive" -nt "$jar" ]; then
    # not for what is answered at once: help, or an option that is missing
    case " $* " in
      *" --help "* | *" -h "*) return 0 ;;
      " train "*"--output"* | " demo "* | " benchmark "*) ;;
      *) return 0 ;;
    esac
    [ -w "$target" ] || return 0
    folder="$(mktemp -d "$target/archive.XXXXXX")" || return 0
    say "preparing faster starts, once"
    "${command[@]}" -XX:ArchiveClassesAtExit="$folder/classes.jsa" -Xlog:disable "${class_path[@]}" \
      org.convexnn.cli.Main train --config /dev/null --input "$root/examples/data/curve.csv" \
      --label y --output "$folder/out" > /dev/null 2>&1 < /dev/null || true
    # whole or not at all, also where two begin at once
    mv -f "$folder/classes.jsa" "$archive" 2> /dev/null || true
    rm -rf "$folder"
  fi
  [ ! -f "$archive" ] || command+=("-XX:SharedArchiveFile=$archive" -Xlog:disable -Xlog:all=error:stderr)
}

command=()
if [ -z "$properties_file" ] && start_directly; then
  class_archive "$@"
  exec "${command[@]}" "${class_path[@]}" org.convexnn.cli.Main "$@"
fi

# ---- by Spark's launcher ----------------------------------------------------------------------

[ -z "$properties_file" ] || defaults=()

# An installation of jars alone has no bin/; this is what bin/spark-class does: a small program of
# Spark's prints the command to run, with the memory, the options and the module flags in it.
command=()
delimiter=$'\n'
started=false
while IFS= read -d "$delimiter" -r part; do
  if [ "$started" = true ]; then
    command+=("$part")
  elif [ -z "${part//$'\r'/}" ]; then
    started=true
    delimiter='' # from here on words end with NUL
  else
    printf '%s\n' "$part" >&2
  fi
done < <(
  "$java" -Xmx128m -cp "$build_home/jars/*" org.apache.spark.launcher.Main \
    org.apache.spark.deploy.SparkSubmit ${defaults[@]+"${defaults[@]}"} "${job[@]}" "$jar" "$@" ||
    printf '%d\0' $?
)
[ ${#command[@]} -gt 1 ] || die "Spark's launcher gave no command; the lines above say why."
exec "${command[@]}"
