// Checks a Siger transparency log that was copied to a folder, with the log and note packages of the Go checksum database.
//
//	verify.go DIR VKEY
//
// DIR is the log as it is served (checkpoint, tile/...), with receipts/*.tlog-proof (and *.opening), checkpoints/* and
// consistency/* beside it if there are any. VKEY is the log's public key, name+id+key; several, separated by spaces, while
// a key is being replaced. It prints what was checked and exits with 0, or says what is wrong and exits with 1.
//
// On Debian (golang-go, golang-golang-x-mod-dev):
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go DIR VKEY
//
// Trees, tiles, proofs, notes and signatures are those of golang.org/x/mod/sumdb; only the names of the files, the
// texts of checkpoint and receipt, and the order of the checks are written here.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxTextBytes = 1 << 20 // a receipt with its checkpoint is below half of this
	tileHeight   = 8
	tileWidth    = 1 << tileHeight
	entryTag     = "siger/journal-entry/v1\x00"
)

// failed is what is wrong with the log; fail and must unwind to main with it.
type failed struct{ error }

func fail(format string, arguments ...interface{}) {
	panic(failed{fmt.Errorf(format, arguments...)})
}

func must(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify.go DIR VKEY")
		os.Exit(2)
	}
	defer func() {
		if problem := recover(); problem != nil {
			problem, known := problem.(failed)
			if !known {
				panic(problem)
			}
			fmt.Fprintf(os.Stderr, "FAILED: %v\n", problem)
			os.Exit(1)
		}
	}()
	check(os.Args[1], os.Args[2])
}

func check(dir, vkeys string) {
	l := &log{dir: dir}
	var keys []note.Verifier
	for _, vkey := range strings.Fields(vkeys) {
		key, err := note.NewVerifier(vkey)
		must("verifier key "+vkey, err)
		keys = append(keys, key)
	}
	l.keys = note.VerifierList(keys...)
	l.origin, l.tree = l.openCheckpoint(l.read("checkpoint"), "checkpoint")
	fmt.Printf("log %s: %d entries, root %v\n", l.origin, l.tree.N, l.tree.Hash)
	l.nodes = tlog.TileHashReader(l.tree, l)
	fmt.Printf("tiles and bundles: %d agree with every entry and with the root\n", l.checkTiles())

	receipts, opened := l.list("receipts/*.tlog-proof"), 0
	for _, path := range receipts {
		if l.checkReceipt(path) {
			opened++
		}
	}
	fmt.Printf("receipts: %d verified, %d of them opened\n", len(receipts), opened)
	kept := l.list("checkpoints/*")
	for _, path := range kept {
		l.checkCheckpoint(l.read(path), path)
	}
	fmt.Printf("earlier checkpoints: %d consistent with the log\n", len(kept))
	proofs := l.list("consistency/*")
	for _, path := range proofs {
		l.checkConsistency(path)
	}
	fmt.Printf("consistency proofs: %d verified\n", len(proofs))
}

type log struct {
	dir    string
	keys   note.Verifiers
	origin string
	tree   tlog.Tree
	nodes  tlog.HashReader
}

func (l *log) read(path string) []byte {
	data, err := os.ReadFile(filepath.Join(l.dir, path))
	must(path, err)
	return data
}

func (l *log) list(pattern string) []string {
	paths, err := filepath.Glob(filepath.Join(l.dir, pattern))
	must(pattern, err)
	for i, path := range paths {
		paths[i], err = filepath.Rel(l.dir, path)
		must(path, err)
	}
	sort.Strings(paths)
	return paths
}

// path is tile/<L>/<N>[.p/<W>]: Go's own paths name the height, too, and call entries data.
func path(t tlog.Tile) string {
	path := strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", t.H), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// widest is the tile as it is published now, of which an older tree had only the beginning.
func (l *log) widest(t tlog.Tile) tlog.Tile {
	level := t.L
	if level < 0 {
		level = 0
	}
	t.W = tileWidth
	if have := l.tree.N>>uint(tileHeight*level) - t.N*tileWidth; have < tileWidth {
		t.W = int(have)
	}
	return t
}

// Height, ReadTiles and SaveTiles make the folder a tlog.TileReader.
func (l *log) Height() int { return tileHeight }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		published := l.widest(t)
		bytes, err := os.ReadFile(filepath.Join(l.dir, path(published)))
		if err != nil {
			return nil, err
		}
		if len(bytes) != published.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes, expected %d", path(published), len(bytes), published.W*tlog.HashSize)
		}
		data[i] = bytes[:t.W*tlog.HashSize]
	}
	return data, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// bundle returns the entries published from entry 256*n on.
func (l *log) bundle(n int64) [][]byte {
	t := l.widest(tlog.Tile{H: tileHeight, L: -1, N: n})
	data := l.read(path(t))
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			fail("%s: ends within an entry", path(t))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if len(entries) != t.W {
		fail("%s: %d entries, expected %d", path(t), len(entries), t.W)
	}
	return entries
}

// checkTiles hashes every entry and reads every tile, which tlog.TileHashReader authenticates against the root.
func (l *log) checkTiles() (count int64) {
	if l.root(l.tree.N, "tiles") != l.tree.Hash {
		fail("checkpoint: its root is not that of the %d entries", l.tree.N)
	}
	for n := int64(0); n*tileWidth < l.tree.N; n++ {
		entries := l.bundle(n)
		indexes := make([]int64, len(entries))
		for i := range entries {
			indexes[i] = tlog.StoredHashIndex(0, n*tileWidth+int64(i))
		}
		hashes, err := l.nodes.ReadHashes(indexes)
		must(fmt.Sprintf("tiles above entry %d", n*tileWidth), err)
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				fail("%s: entry %d is not the one in the tree", path(l.widest(tlog.Tile{H: tileHeight, L: -1, N: n})), n*tileWidth+int64(i))
			}
		}
		count++
	}
	for level := uint(0); l.tree.N>>(tileHeight*level) > 0; level++ {
		count += (l.tree.N>>(tileHeight*level) + tileWidth - 1) / tileWidth
	}
	return count
}

// openCheckpoint returns origin and tree of a checkpoint signed by its log.
func (l *log) openCheckpoint(signed []byte, what string) (string, tlog.Tree) {
	if len(signed) > maxTextBytes {
		fail("%s: too large", what)
	}
	opened, err := note.Open(signed, l.keys)
	must(what, err)
	lines := strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n")
	if len(lines) < 3 {
		fail("%s: not a checkpoint", what)
	}
	for _, line := range lines {
		if line == "" {
			fail("%s: empty line", what)
		}
	}
	own := false
	for _, signature := range opened.Sigs {
		own = own || signature.Name == lines[0]
	}
	if !own {
		fail("%s: of %q, but not signed by a key of this name", what, lines[0])
	}
	return lines[0], tlog.Tree{N: number(lines[1], what), Hash: hash(lines[2], what)}
}

func number(text, what string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	must(what, err)
	if number < 0 || strconv.FormatInt(number, 10) != text {
		fail("%s: not a decimal number: %q", what, text)
	}
	return number
}

func hash(text, what string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	must(what, err)
	if hash.String() != text {
		fail("%s: not a hash in base64: %q", what, text)
	}
	return hash
}

func hashes(lines []string, what string) []tlog.Hash {
	hashes := []tlog.Hash{}
	for _, line := range lines {
		hashes = append(hashes, hash(line, what))
	}
	return hashes
}

// root is the root of the first size entries of the log published.
func (l *log) root(size int64, what string) tlog.Hash {
	if size == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	root, err := tlog.TreeHash(size, l.nodes)
	must(what, err)
	return root
}

// checkCheckpoint demands a checkpoint of this log that is a beginning of what is published.
func (l *log) checkCheckpoint(signed []byte, what string) tlog.Tree {
	origin, tree := l.openCheckpoint(signed, what)
	if origin != l.origin {
		fail("%s: of %q, expected %q", what, origin, l.origin)
	}
	if tree.N > l.tree.N {
		fail("%s: of %d entries, but the log published has only %d: it was rolled back", what, tree.N, l.tree.N)
	}
	if l.root(tree.N, what) != tree.Hash {
		fail("%s: signed another root for %d entries than the log published has: entries were changed", what, tree.N)
	}
	if tree.N > 0 {
		proof, err := tlog.ProveTree(l.tree.N, tree.N, l.nodes)
		must(what, err)
		must(what, tlog.CheckTree(proof, l.tree.N, l.tree.Hash, tree.N, tree.Hash))
	}
	return tree
}

// split separates the lines of a proof from the checkpoint below them.
func split(data []byte, what string) ([]string, []byte) {
	at := bytes.Index(data, []byte("\n\n"))
	if at < 0 || len(data) > maxTextBytes {
		fail("%s: no checkpoint, or too large", what)
	}
	return strings.Split(string(data[:at]), "\n"), data[at+2:]
}

// checkReceipt returns whether the entry was opened.
func (l *log) checkReceipt(what string) bool {
	lines, signed := split(l.read(what), what)
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("%s: not a receipt", what)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		_, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[0], "extra "))
		must(what, err)
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		fail("%s: no index", what)
	}
	index := number(strings.TrimPrefix(lines[0], "index "), what)
	proof := tlog.RecordProof(hashes(lines[1:], what))
	tree := l.checkCheckpoint(signed, what)
	if index >= tree.N {
		fail("%s: entry %d in a log of %d", what, index, tree.N)
	}
	entry := l.bundle(index / tileWidth)[index%tileWidth]
	must(what, tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
	own, err := tlog.ProveRecord(tree.N, index, l.nodes)
	must(what, err)
	if !reflect.DeepEqual(own, proof) {
		fail("%s: the proof is not that of the log published", what)
	}
	opening, err := os.ReadFile(filepath.Join(l.dir, strings.TrimSuffix(what, ".tlog-proof")+".opening"))
	if os.IsNotExist(err) {
		return false
	}
	must(what, err)
	if sum := sha256.Sum256(append([]byte(entryTag), opening...)); !bytes.Equal(sum[:], entry) {
		fail("%s: the opening is not of entry %d", what, index)
	}
	return true
}

func (l *log) checkConsistency(what string) {
	lines, signed := split(l.read(what), what)
	if !strings.HasPrefix(lines[0], "old ") {
		fail("%s: no old size", what)
	}
	old := number(strings.TrimPrefix(lines[0], "old "), what)
	proof := tlog.TreeProof(hashes(lines[1:], what))
	tree := l.checkCheckpoint(signed, what)
	if old == 0 {
		if len(proof) > 0 {
			fail("%s: proof too long", what)
		}
		return
	}
	must(what, tlog.CheckTree(proof, tree.N, tree.Hash, old, l.root(old, what)))
}
