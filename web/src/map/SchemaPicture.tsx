import '@xyflow/react/dist/base.css'
import { Controls, type Edge, Handle, MarkerType, type Node, type NodeProps, Position, ReactFlow, useReactFlow } from '@xyflow/react'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { typeAddress } from '../shell/mapAddress.ts'
import { shownTheme } from '../shell/theme.ts'
import type { Box, Drawing } from './drawing.ts'
import { kindOf } from './kinds.ts'
import type { SchemaMap } from './schemaMap.ts'

type BoxNode = Node<{ box: Box; map: SchemaMap; middle: boolean; dim: boolean }, 'box'>

// The buttons are on the right.
const fit = { padding: { top: '20px', bottom: '24px', left: '20px', right: '60px' }, minZoom: 0.5, maxZoom: 1 } as const

const nodeTypes = { box: TypeBox }

/** A drawing that can be moved and zoomed. Each type in it is a link. */
export function SchemaPicture({ map, drawing, middle }: { map: SchemaMap; drawing: Drawing; middle: string | null }) {
  const [pointed, setPointed] = useState<string | null>(null)
  const nodes = useMemo(() => {
    const lit = new Set(drawing.lines.flatMap(({ from, to }) => (from === pointed || to === pointed ? [from, to] : [])))
    return drawing.boxes.map((box): BoxNode => {
      const { id, x, y, width, height, type } = box
      const data = { box, map, middle: type === middle && id === middle, dim: pointed !== null && id !== pointed && !lit.has(id) }
      return { id, type: 'box', position: { x, y }, width, height, data }
    })
  }, [map, drawing, middle, pointed])
  const edges = useMemo(
    () =>
      drawing.lines.map(({ id, from, row, to }): Edge => {
        const lit = pointed !== null && (from === pointed || to === pointed)
        return {
          id,
          source: from,
          sourceHandle: row === null ? 'out' : `row ${row}`,
          target: to,
          targetHandle: 'in',
          className: lit ? 'lit' : '',
          zIndex: lit ? 1 : 0,
          // In the overview, lines lead from middle to middle, and so in both directions.
          ...(middle === null
            ? { type: 'straight' }
            : { markerEnd: { type: MarkerType.ArrowClosed, color: lit ? 'var(--accent-fill)' : 'var(--line-strong)' } }),
        }
      }),
    [drawing, middle, pointed],
  )
  return (
    <ReactFlow
      className={`picture ${middle === null ? 'overview' : ''}`}
      aria-label="Picture of the types. The list beside it says the same in words."
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={shownTheme()}
      fitView
      fitViewOptions={fit}
      minZoom={0.15}
      maxZoom={2}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      onNodeMouseEnter={(_, { id }) => setPointed(id)}
      onNodeMouseLeave={() => setPointed(null)}
    >
      <Controls showInteractive={false} position="top-right" />
    </ReactFlow>
  )
}

function TypeBox({ data: { box, map, middle, dim } }: NodeProps<BoxNode>) {
  const { fitView } = useReactFlow()
  const type = map.types.get(box.type)
  const kind = kindOf(map, box.type)
  /** What the keyboard reaches may be out of sight. */
  const show = (visible: boolean) => visible && void fitView({ nodes: [{ id: box.id }], maxZoom: 1, minZoom: 0.5 })
  return (
    <div className={`type-box ${kind.id} ${middle ? 'middle' : ''} ${dim ? 'dim' : ''}`} title={type?.description}>
      <Handle type="target" id="in" position={Position.Left} isConnectable={false} />
      <Link
        className="nopan"
        to={typeAddress(box.type)}
        aria-current={middle ? 'page' : undefined}
        onFocus={({ target }) => show(target.matches(':focus-visible'))}
      >
        <span className="type-name">{box.type}</span>
        {box.note !== '' && <span className="type-note">{box.note}</span>}
      </Link>
      {box.rows.length > 0 && (
        <ul>
          {box.rows.map((row) => (
            <li key={row}>
              {row}
              <Handle type="source" id={`row ${row}`} position={Position.Right} isConnectable={false} />
            </li>
          ))}
        </ul>
      )}
      <Handle type="source" id="out" position={Position.Right} isConnectable={false} />
    </div>
  )
}
