// What the kernel says about the processes under load: CPU time and resident memory.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Linux counts CPU time in ticks of 1/100 s (USER_HZ) whatever the kernel's own clock does.
const tick = 10 * time.Millisecond

type watched struct {
	name string
	pid  int
}

// watchList is the flag `-watch name=pid`, which may be repeated.
type watchList []watched

func (w *watchList) String() string { return fmt.Sprint(*w) }

func (w *watchList) Set(text string) error {
	name, number, found := strings.Cut(text, "=")
	pid, err := strconv.Atoi(number)
	if !found || err != nil {
		return fmt.Errorf("want name=pid, not %q", text)
	}
	*w = append(*w, watched{name, pid})
	return nil
}

// cpuTimes reads user plus system time of each process, all threads together.
func (w watchList) cpuTimes() (map[string]time.Duration, error) {
	times := map[string]time.Duration{}
	for _, process := range w {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process.pid))
		if err != nil {
			return nil, err
		}
		// The name in parentheses may hold spaces; fields are counted after it. utime and stime are
		// the 14th and 15th of all, the 12th and 13th after the name.
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		user, err := strconv.Atoi(string(fields[11]))
		if err != nil {
			return nil, err
		}
		system, err := strconv.Atoi(string(fields[12]))
		if err != nil {
			return nil, err
		}
		times[process.name] = time.Duration(user+system) * tick
	}
	return times, nil
}

// residentBytes reads the resident set of each process.
func (w watchList) residentBytes() (map[string]int64, error) {
	sizes := map[string]int64{}
	for _, process := range w {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", process.pid))
		if err != nil {
			return nil, err
		}
		pages, err := strconv.ParseInt(string(bytes.Fields(text)[1]), 10, 64)
		if err != nil {
			return nil, err
		}
		sizes[process.name] = pages * int64(os.Getpagesize())
	}
	return sizes, nil
}
