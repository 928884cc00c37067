import '@/styles.css';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { routeTree } from '@/routeTree.gen';

const router = createRouter({ routeTree });
createRoot(document.body).render(<StrictMode><RouterProvider router={router} /></StrictMode>);
