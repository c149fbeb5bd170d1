import { Resvg } from '@resvg/resvg-js'
import { badgeSvg } from './image.ts'
import type { Achievement } from './schema.ts'
export const badgeImageSvg = (a: Achievement): string => badgeSvg({ ...a, title: a.name })
export const badgeImagePng = (a: Achievement): Buffer => new Resvg(badgeImageSvg(a)).render().asPng()
