// The benchmark's load generator: a closed loop of `-concurrency` keep-alive connections that send
// prepared chat requests for `-duration` (after `-warmup`) or `-requests` times, and print one JSON
// object with what was seen: latencies, failures, CPU time of the watched processes in the very
// window that was measured.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type settings struct {
	target      string
	bodies      stringList
	users       int
	concurrency int
	warmup      time.Duration
	duration    time.Duration
	requests    int64
	chunks      int
	gap         time.Duration
	watch       watchList
	rssEvery    int64
}

type stringList []string

func (s *stringList) String() string { return strings.Join(*s, ",") }

func (s *stringList) Set(text string) error {
	*s = append(*s, text)
	return nil
}

func parseSettings() settings {
	var s settings
	flag.StringVar(&s.target, "target", "", "host:port of Envoy")
	flag.Var(&s.bodies, "body", "file with a request body; repeated ones take turns")
	flag.IntVar(&s.users, "users", 100, "different callers")
	flag.IntVar(&s.concurrency, "concurrency", 1, "connections")
	flag.DurationVar(&s.warmup, "warmup", 0, "time before the measured window")
	flag.DurationVar(&s.duration, "duration", time.Second, "the measured window")
	flag.Int64Var(&s.requests, "requests", 0, "send this many instead of for a duration")
	flag.IntVar(&s.chunks, "chunks", 0, "ask for an event stream of so many events")
	flag.DurationVar(&s.gap, "gap", 0, "time between the events")
	flag.Var(&s.watch, "watch", "name=pid of a process whose CPU time and memory to read; repeatable")
	flag.Int64Var(&s.rssEvery, "rss-every", 0, "read the memory of the watched each so many requests")
	flag.Parse()
	if s.target == "" || len(s.bodies) == 0 || s.concurrency < 1 || s.users < 1 {
		log.Fatal("-target, -body, -concurrency and -users are needed")
	}
	return s
}

// The requests as bytes: every body with every so many callers, so that no cache of one answer helps.
func (s settings) prepare() ([][]byte, error) {
	tiers := []string{"free", "premium", "enterprise"}
	extra := ""
	if s.chunks > 0 {
		extra = fmt.Sprintf("x-bench-chunks: %d\r\nx-bench-gap-us: %d\r\n", s.chunks, s.gap.Microseconds())
	}
	var bodies [][]byte
	for _, file := range s.bodies {
		body, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, body)
	}
	var requests [][]byte
	for i := range max(s.users, len(bodies)) {
		body := bodies[i%len(bodies)]
		user := i % s.users
		head := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nhost: models.example.com\r\n"+
			"user-agent: OpenAI/Python 2.3.0\r\naccept: application/json\r\n"+
			"authorization: Bearer sk-bench-%04d\r\ncontent-type: application/json\r\n"+
			"x-auth-request-user: user-%04d\r\nx-auth-request-tier: %s\r\n%scontent-length: %d\r\n\r\n",
			user, user, tiers[user%len(tiers)], extra, len(body))
		requests = append(requests, append([]byte(head), body...))
	}
	return requests, nil
}

const (
	warming int32 = iota
	measuring
	ending
)

type run struct {
	settings
	prepared [][]byte
	phase    atomic.Int32
	next     atomic.Int64 // number of the next request
	finished atomic.Int64
	events   atomic.Int64

	lock      sync.Mutex
	totals    []time.Duration
	firsts    []time.Duration
	window    int64 // requests that ended well inside the window
	failures  int64
	firstFail string
	samples   []sample
}

type sample struct {
	Requests int64            `json:"requests"`
	RSS      map[string]int64 `json:"rss"`
}

type workerResult struct {
	totals, firsts []time.Duration
	failures       int64
	firstFail      string
}

func (r *run) worker(number int) {
	var result workerResult
	c := client{target: r.target, onEvents: func(count int) {
		if r.phase.Load() == measuring {
			r.events.Add(int64(count))
		}
	}}
	defer c.drop()
	// Streams with gaps last long: without this they would begin and end in step.
	if r.gap > 0 {
		time.Sleep(r.gap * time.Duration(r.chunks) * time.Duration(number) / time.Duration(r.concurrency))
	}
	for r.phase.Load() != ending {
		ticket := r.next.Add(1) - 1
		if r.requests > 0 && ticket >= r.requests {
			break
		}
		got, err := c.do(r.prepared[ticket%int64(len(r.prepared))], expectation{r.chunks})
		r.sampleAfter(r.finished.Add(1))
		switch {
		case err != nil:
			// Failures count in every phase: there must be none at all.
			result.failures++
			if result.firstFail == "" {
				result.firstFail = err.Error()
			}
			// A server that is gone must not make this loop spin.
			time.Sleep(10 * time.Millisecond)
		case r.phase.Load() == measuring:
			result.totals = append(result.totals, got.total)
			result.firsts = append(result.firsts, got.firstByte)
		}
	}
	r.merge(result)
}

func (r *run) merge(result workerResult) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.totals = append(r.totals, result.totals...)
	r.firsts = append(r.firsts, result.firsts...)
	r.window += int64(len(result.totals))
	r.failures += result.failures
	if r.firstFail == "" {
		r.firstFail = result.firstFail
	}
}

func (r *run) sampleAfter(finished int64) {
	if r.rssEvery == 0 || finished%r.rssEvery != 0 {
		return
	}
	sizes, err := r.watch.residentBytes()
	if err != nil {
		return // the process is gone: its requests fail and are counted
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.samples = append(r.samples, sample{finished, sizes})
}

type report struct {
	Sent       int64              `json:"sent"`       // all requests, warm-up and last ones included
	Failures   int64              `json:"failures"`   // of all
	Failure    string             `json:"failure"`    // the first one's text
	Requests   int64              `json:"requests"`   // ended well inside the window
	Events     int64              `json:"events"`     // stream events that arrived inside the window
	Seconds    float64            `json:"seconds"`    // length of the window
	CPUSeconds map[string]float64 `json:"cpuSeconds"` // of each watched process, inside the window
	P50Ms      float64            `json:"p50Ms"`
	P99Ms      float64            `json:"p99Ms"`
	FirstP50Ms float64            `json:"firstByteP50Ms"`
	FirstP99Ms float64            `json:"firstByteP99Ms"`
	Samples    []sample           `json:"samples"`
}

func (r *run) execute() (report, error) {
	var workers sync.WaitGroup
	for number := range r.concurrency {
		workers.Go(func() { r.worker(number) })
	}
	time.Sleep(r.warmup)
	before, err := r.watch.cpuTimes()
	if err != nil {
		return report{}, err
	}
	start := time.Now()
	r.phase.Store(measuring)
	if r.requests > 0 {
		workers.Wait()
	} else {
		time.Sleep(r.duration)
		r.phase.Store(ending)
	}
	seconds := time.Since(start).Seconds()
	after, err := r.watch.cpuTimes()
	if err != nil {
		return report{}, err
	}
	// Running requests end as they should: an abort would be work of another kind for the server.
	workers.Wait()

	cpu := map[string]float64{}
	for name := range before {
		cpu[name] = (after[name] - before[name]).Seconds()
	}
	slices.Sort(r.totals)
	slices.Sort(r.firsts)
	return report{
		Sent: r.finished.Load(), Failures: r.failures, Failure: r.firstFail,
		Requests: r.window, Events: r.events.Load(), Seconds: seconds, CPUSeconds: cpu,
		P50Ms: quantile(r.totals, 0.5), P99Ms: quantile(r.totals, 0.99),
		FirstP50Ms: quantile(r.firsts, 0.5), FirstP99Ms: quantile(r.firsts, 0.99),
		Samples: r.samples,
	}, nil
}

// The value below which the share lies, from all values sorted: nothing is binned. Milliseconds.
func quantile(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	index := min(int(share*float64(len(sorted))), len(sorted)-1)
	return sorted[index].Seconds() * 1000
}

func main() {
	s := parseSettings()
	prepared, err := s.prepare()
	if err != nil {
		log.Fatal(err)
	}
	r := run{settings: s, prepared: prepared}
	result, err := r.execute()
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}
