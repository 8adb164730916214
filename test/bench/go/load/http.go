// HTTP/1.1 by hand, so that the generator costs little beside what it measures: requests are prepared
// bytes, answers are read to their end and checked.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// What an answer must be: JSON with usage, or a stream of exactly `chunks` events that ends in [DONE].
type expectation struct {
	chunks int
}

type answer struct {
	firstByte time.Duration // from the request's first byte to the body's first byte
	total     time.Duration
}

type client struct {
	target     string
	connection net.Conn
	reader     *bufio.Reader
	onEvents   func(count int) // told of events as they arrive
}

func (c *client) drop() {
	if c.connection != nil {
		_ = c.connection.Close()
		c.connection = nil
	}
}

// One request and its whole answer. The connection is dropped after any failure.
func (c *client) do(request []byte, expect expectation) (answer, error) {
	result, err := c.exchange(request, expect)
	if err != nil {
		c.drop()
	}
	return result, err
}

func (c *client) exchange(request []byte, expect expectation) (answer, error) {
	var result answer
	if c.connection == nil {
		connection, err := net.Dial("tcp", c.target)
		if err != nil {
			return result, err
		}
		c.connection = connection
		c.reader = bufio.NewReaderSize(connection, 16<<10)
	}
	start := time.Now()
	if err := c.connection.SetDeadline(start.Add(60 * time.Second)); err != nil {
		return result, err
	}
	if _, err := c.connection.Write(request); err != nil {
		return result, err
	}
	head, err := c.readHead()
	if err != nil {
		return result, err
	}
	if _, err := c.reader.Peek(1); err != nil {
		return result, err
	}
	result.firstByte = time.Since(start)
	check := bodyCheck{onEvents: c.onEvents, countEvents: expect.chunks > 0}
	if err := c.readBody(head, &check); err != nil {
		return result, err
	}
	result.total = time.Since(start)
	if head.status != 200 {
		return result, fmt.Errorf("status %d", head.status)
	}
	return result, check.verdict(expect)
}

type responseHead struct {
	status  int
	length  int
	chunked bool
}

func (c *client) readHead() (responseHead, error) {
	head := responseHead{length: -1}
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return head, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if head.status == 0 {
			if len(line) < 12 {
				return head, fmt.Errorf("status line %q", line)
			}
			if head.status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return head, err
			}
			continue
		}
		if len(line) == 0 {
			return head, nil
		}
		if value, ok := headerValue(line, "content-length"); ok {
			if head.length, err = strconv.Atoi(string(value)); err != nil {
				return head, err
			}
		} else if value, ok := headerValue(line, "transfer-encoding"); ok {
			head.chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
}

func headerValue(line []byte, name string) ([]byte, bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name)+1:]), true
}

func (c *client) readBody(head responseHead, check *bodyCheck) error {
	if !head.chunked {
		if head.length < 0 {
			return errors.New("an answer without length")
		}
		return c.readBytes(head.length, check)
	}
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if err := c.readBytes(int(size), check); err != nil {
			return err
		}
		if _, err := c.reader.Discard(2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

func (c *client) readBytes(count int, check *bodyCheck) error {
	for count > 0 {
		if _, err := c.reader.Peek(1); err != nil {
			return err
		}
		piece, err := c.reader.Peek(min(count, c.reader.Buffered()))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		check.take(piece)
		if _, err := c.reader.Discard(len(piece)); err != nil {
			return err
		}
		count -= len(piece)
	}
	return nil
}

const tailSize = 512

// Sees the body pass: counts events, keeps the end.
type bodyCheck struct {
	countEvents bool
	onEvents    func(count int)
	events      int
	last        byte
	tail        []byte
}

var (
	eventEnd = []byte("\n\n")
	done     = []byte("data: [DONE]\n\n")
	usageKey = []byte(`"usage"`)
)

func (b *bodyCheck) take(piece []byte) {
	if b.countEvents {
		found := bytes.Count(piece, eventEnd)
		if b.last == '\n' && piece[0] == '\n' {
			found++
		}
		b.last = piece[len(piece)-1]
		if found > 0 {
			b.events += found
			b.onEvents(found)
		}
	}
	if len(piece) >= tailSize {
		b.tail = append(b.tail[:0], piece[len(piece)-tailSize:]...)
		return
	}
	b.tail = append(b.tail, piece...)
	if len(b.tail) > tailSize {
		b.tail = append(b.tail[:0], b.tail[len(b.tail)-tailSize:]...)
	}
}

func (b *bodyCheck) verdict(expect expectation) error {
	if !bytes.Contains(b.tail, usageKey) {
		return errors.New("an answer without usage")
	}
	if expect.chunks == 0 {
		return nil
	}
	if b.events != expect.chunks {
		return fmt.Errorf("%d events instead of %d", b.events, expect.chunks)
	}
	if !bytes.HasSuffix(b.tail, done) {
		return errors.New("a stream without [DONE]")
	}
	return nil
}
