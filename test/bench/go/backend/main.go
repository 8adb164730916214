// A scripted model server for the benchmark: HTTP/1.1 by hand, so that it costs little beside what is
// measured. It answers 2 KB of JSON, or, where the request carries `x-bench-chunks: N`, an event
// stream of N events (`x-bench-gap-us` apart), the last two of which are the usage and `[DONE]`.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const usage = `"usage":{"prompt_tokens":412,"completion_tokens":300,"total_tokens":712}`

var words = []string{" The", " second", " shard", " was", " idle", " \\\"again\\\"", ",\\n", " so"}

// The answer as one JSON document of about two kilobytes.
func jsonAnswer() []byte {
	text := strings.Repeat("The second shard was idle, so the coordinator moved its share.\\n", 27)
	body := `{"id":"chatcmpl-9f2c5e0d7a","object":"chat.completion","created":1767225600,` +
		`"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"` + text +
		`"},"logprobs":null,"finish_reason":"stop"}],` + usage + `,"system_fingerprint":"fp_bench"}`
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n", len(body))
	return []byte(head + body)
}

const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

const eventStart = `data: {"id":"chatcmpl-9f2c5e0d7a","object":"chat.completion.chunk","created":1767225600,"model":"bench","choices":[`

// One event as one HTTP chunk.
func chunk(event string) []byte {
	return []byte(fmt.Sprintf("%x\r\n%s\r\n", len(event), event))
}

var (
	wholeAnswer   = jsonAnswer()
	contentChunks = buildContentChunks()
	usageChunk    = chunk(eventStart + "]," + usage + "}\n\n")
	doneChunk     = chunk("data: [DONE]\n\n")
	lastChunk     = []byte("0\r\n\r\n")
)

func buildContentChunks() [][]byte {
	chunks := make([][]byte, len(words))
	for i, word := range words {
		chunks[i] = chunk(eventStart + `{"index":0,"delta":{"content":"` + word + `"},"logprobs":null,"finish_reason":null}]}` + "\n\n")
	}
	return chunks
}

type request struct {
	length  int
	chunked bool
	chunks  int
	gap     time.Duration
}

func readHead(reader *bufio.Reader) (request, error) {
	var found request
	first := true
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return found, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if first {
				continue
			}
			return found, nil
		}
		if first {
			first = false
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		text := string(bytes.TrimSpace(value))
		switch strings.ToLower(string(name)) {
		case "content-length":
			found.length, err = strconv.Atoi(text)
		case "transfer-encoding":
			found.chunked = strings.EqualFold(text, "chunked")
		case "x-bench-chunks":
			found.chunks, err = strconv.Atoi(text)
		case "x-bench-gap-us":
			var us int
			us, err = strconv.Atoi(text)
			found.gap = time.Duration(us) * time.Microsecond
		}
		if err != nil {
			return found, err
		}
	}
}

func skipBody(reader *bufio.Reader, found request) error {
	if !found.chunked {
		_, err := reader.Discard(found.length)
		return err
	}
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := reader.Discard(int(size) + 2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

func writeStream(connection net.Conn, found request) error {
	if _, err := io.WriteString(connection, streamHead); err != nil {
		return err
	}
	for i := 0; i < found.chunks; i++ {
		if found.gap > 0 && i > 0 {
			time.Sleep(found.gap)
		}
		piece := contentChunks[i%len(contentChunks)]
		switch i {
		case found.chunks - 2:
			piece = usageChunk
		case found.chunks - 1:
			piece = doneChunk
		}
		if _, err := connection.Write(piece); err != nil {
			return err
		}
	}
	_, err := connection.Write(lastChunk)
	return err
}

func serve(connection net.Conn) error {
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 64<<10)
	for {
		found, err := readHead(reader)
		if err != nil {
			return err
		}
		if err := skipBody(reader, found); err != nil {
			return err
		}
		if found.chunks > 0 {
			err = writeStream(connection, found)
		} else {
			_, err = connection.Write(wholeAnswer)
		}
		if err != nil {
			return err
		}
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to serve on")
	flag.Parse()
	// The harness holds the other end: when it is gone, however it went, so is this process.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			if err := serve(connection); err != nil && !errors.Is(err, io.EOF) {
				log.Println(err)
			}
		}()
	}
}
